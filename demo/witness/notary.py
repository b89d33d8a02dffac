# SPDX-License-Identifier: Apache-2.0
"""What the witness knows and signs: one folder, one key, one book of heads that only grows."""

import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from .consistency import only_grew

SCHEMA = """
CREATE TABLE IF NOT EXISTS head (
    origin TEXT NOT NULL, size INTEGER NOT NULL, root TEXT NOT NULL, public_key TEXT NOT NULL,
    text TEXT NOT NULL, signature TEXT NOT NULL,
    receipt TEXT NOT NULL, receipt_signature TEXT NOT NULL, seen_at TEXT NOT NULL,
    PRIMARY KEY (origin, size)
);
-- A key's last word: which key speaks for the log after it. Said once.
CREATE TABLE IF NOT EXISTS handover (
    origin TEXT NOT NULL, public_key TEXT NOT NULL, text TEXT NOT NULL, signature TEXT NOT NULL,
    PRIMARY KEY (origin, public_key)
);
"""


class Refused(Exception):
    """A head that the witness does not sign. `code`: malformed, bad_signature, unknown_key,
    key_fork (a key named two), rollback, fork, or proof_needed (then `size` is the head to prove
    from)."""

    def __init__(self, code: str, *, size: int = 0) -> None:
        super().__init__(code)
        self.code, self.size = code, size


@dataclass(frozen=True)
class SeenHead:
    """A head that was lodged here, and our receipt."""

    origin: str
    size: int
    root: str
    public_key: str
    text: str
    signature: str
    receipt: str
    receipt_signature: str
    seen_at: str


def load_key(*, home: Path) -> Ed25519PrivateKey:
    """The key of this home, made now if there is none, readable by its user alone."""
    home.mkdir(mode=0o700, parents=True, exist_ok=True)
    path = home / "key"
    if not path.exists():
        made = Ed25519PrivateKey.generate().private_bytes_raw().hex()
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            file.write(made)
    return Ed25519PrivateKey.from_private_bytes(bytes.fromhex(path.read_text("ascii")))


class Notary:
    def __init__(self, *, home: Path, name: str) -> None:
        self.name = name
        self._key = load_key(home=home)
        self._path = home / "heads.sqlite3"
        with self._open() as book:
            book.executescript(SCHEMA)

    @property
    def public_key(self) -> str:
        return self._key.public_key().public_bytes_raw().hex()

    def latest(self, origin: str) -> SeenHead | None:
        with self._open() as book:
            return _find_latest(book, origin)

    def list_heads(self, *, limit: int = 50) -> list[SeenHead]:
        """Newest first, of every log."""
        with self._open() as book:
            rows = book.execute("SELECT * FROM head ORDER BY seen_at DESC LIMIT ?", (limit,))
            return [SeenHead(**row) for row in rows]

    def witness(
        self,
        *,
        text: str,
        public_key: str,
        signature: str,
        proof: list[str],
        at: datetime,
        handovers: list[dict[str, str]] | None = None,
    ) -> SeenHead:
        """Sign that we saw it. The first key that speaks for a log is its key, until it names
        another in a handover that it signs; then that one is, and the first is not any more.

        Raises Refused, and then nothing is kept: for what is not signed by that key, is smaller
        than what we saw, or does not begin with what we saw.
        """
        origin, size, root = _read(text)
        _check_signature(text, public_key=public_key, signature=signature)
        try:
            hashes = [bytes.fromhex(one) for one in proof]
        except ValueError as error:
            raise Refused("malformed") from error
        named = [_read_handover(one, origin=origin, size=size) for one in handovers or []]
        with self._open() as book:
            # One at a time: two heads may not both follow the same one.
            book.execute("BEGIN IMMEDIATE")
            last = _find_latest(book, origin)
            if last is not None:
                key = _follow(book, origin, last.public_key, named)
                _check(last, key=key, public_key=public_key, size=size, root=root, proof=hashes)
                if last.size == size:
                    return last
            moment = at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
            receipt = f"satupintu witness v1\n{self.name}\n{moment}\n{text}"
            seen = SeenHead(
                origin=origin,
                size=size,
                root=root,
                public_key=public_key,
                text=text,
                signature=signature,
                receipt=receipt,
                receipt_signature=self._key.sign(receipt.encode()).hex(),
                seen_at=moment,
            )
            book.execute(
                "INSERT INTO head VALUES (:origin, :size, :root, :public_key, :text, :signature,"
                " :receipt, :receipt_signature, :seen_at)",
                vars(seen),
            )
            book.execute("COMMIT")
            return seen

    @contextmanager
    def _open(self) -> Iterator[sqlite3.Connection]:
        with closing(sqlite3.connect(self._path, timeout=10, isolation_level=None)) as book:
            book.row_factory = sqlite3.Row
            book.execute("PRAGMA synchronous = FULL")
            yield book


def _find_latest(book: sqlite3.Connection, origin: str) -> SeenHead | None:
    query = "SELECT * FROM head WHERE origin = ? ORDER BY size DESC LIMIT 1"
    row = book.execute(query, (origin,)).fetchone()
    return SeenHead(**row) if row else None


@dataclass(frozen=True)
class Handover:
    """A key's last signature, and the key that it names."""

    public_key: str
    next_key: str
    text: str
    signature: str


def _read_handover(given: dict[str, str], *, origin: str, size: int) -> Handover:
    """Raises Refused for what its key did not sign, is of another log, or comes from its future."""
    text, public_key = given["text"], given["public_key"]
    _check_signature(text, public_key=public_key, signature=given["signature"])
    lines = text.split("\n")
    if len(lines) != 7 or lines[0] != "satupintu access log key v1" or lines[6]:
        raise Refused("malformed")
    if lines[1] != origin or not lines[2].isdigit() or int(lines[2]) > size:
        raise Refused("unknown_key")
    return Handover(public_key, lines[5], text, given["signature"])


def _follow(book: sqlite3.Connection, origin: str, known: str, handovers: list[Handover]) -> str:
    """The key that speaks for the log now, from the one that we know. Keeps each step taken; a key
    that names another one later than it did before is refused."""
    steps = {one.public_key: one for one in handovers}
    key = known
    while (step := steps.pop(key, None)) is not None:
        kept = book.execute(
            "SELECT text FROM handover WHERE origin = ? AND public_key = ?", (origin, key)
        ).fetchone()
        if kept is not None and kept["text"] != step.text:
            raise Refused("key_fork")
        book.execute(
            "INSERT OR IGNORE INTO handover VALUES (?, ?, ?, ?)",
            (origin, key, step.text, step.signature),
        )
        key = step.next_key
    return key


def _check_signature(text: str, *, public_key: str, signature: str) -> None:
    try:
        Ed25519PublicKey.from_public_bytes(bytes.fromhex(public_key)).verify(
            bytes.fromhex(signature), text.encode()
        )
    except ValueError as error:
        raise Refused("malformed") from error
    except InvalidSignature as error:
        raise Refused("bad_signature") from error


def _check(
    last: SeenHead, *, key: str, public_key: str, size: int, root: str, proof: list[bytes]
) -> None:
    if public_key != key:
        raise Refused("unknown_key")
    if size < last.size:
        raise Refused("rollback", size=last.size)
    if size > last.size and not proof:
        raise Refused("proof_needed", size=last.size)
    if not only_grew(
        old_size=last.size,
        old_root=bytes.fromhex(last.root),
        new_size=size,
        new_root=bytes.fromhex(root),
        proof=proof,
    ):
        raise Refused("fork", size=last.size)


def _read(text: str) -> tuple[str, int, str]:
    lines = text.split("\n")
    if len(lines) != 6 or lines[0] != "satupintu access log v1" or lines[5]:
        raise Refused("malformed")
    _, origin, size, root, _moment, _end = lines
    if not (size.isascii() and size.isdigit() and 0 < int(size) < 1 << 62):
        raise Refused("malformed")
    try:
        is_hash = len(bytes.fromhex(root)) == 32 and root == root.lower() and len(root) == 64
    except ValueError:
        is_hash = False
    if not is_hash or not origin:
        raise Refused("malformed")
    return origin, int(size), root
