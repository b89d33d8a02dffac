# SPDX-License-Identifier: Apache-2.0
"""The operator's own check: every row against its leaf, every tile against the tiles below, every
head and key against its signature."""

from collections.abc import Iterator

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from satupintu.foundation.audit import merkle
from satupintu.foundation.audit.models import AccessRecord, Erasure, Handover, Head, LogKey, Tile
from satupintu.foundation.audit.rules import commit, read_next_key

from .accesses import get_facts
from .proofs import compute_root, get_size


def find_faults() -> Iterator[str]:
    """What is not as it was written, a sentence each; nothing where the log is whole. Reads all of
    it. Names leaves, no people."""
    size = get_size()
    yield from _check_tiles(size)
    yield from _check_rows(size)
    yield from _check_waiting()
    yield from _check_keys()
    yield from _check_heads(size)


def _check_waiting() -> Iterator[str]:
    """What has no leaf yet was committed to already."""
    waiting = AccessRecord.objects.filter(leaf_index=None, commitment__isnull=False).order_by("id")
    for row in waiting.iterator(chunk_size=2_000):
        salt = bytes(row.salt or b"").ljust(32, b"\0")
        if commit(facts=get_facts(row), salt=salt) != bytes(row.commitment or b""):
            yield "A row that waits for its leaf was changed."


def _check_keys() -> Iterator[str]:
    """Each retired key has named one that is there, and none stands outside of that chain."""
    handovers = {one.public_key: one for one in Handover.objects.all()}
    keys = dict(LogKey.objects.values_list("public_key", "retired_at"))
    for key, retired_at in keys.items():
        handover = handovers.pop(key, None)
        if (handover is None) != (retired_at is None):
            yield f"The log key {key} is retired without a key after it, or the reverse."
        elif handover is not None and not (
            handover.next_key in keys
            and _names(handover.text, handover.next_key)
            and _is_signed(handover.text, key=key, signature=handover.signature)
        ):
            yield f"The handover of the log key {key} is not what it signed."
    for key in handovers:
        yield f"The log key {key} was handed over, and is gone."


def _check_heads(size: int) -> Iterator[str]:
    known = set(LogKey.objects.values_list("public_key", flat=True))
    for head in Head.objects.order_by("size"):
        if head.size > size or compute_root(size=head.size).hex() != head.root:
            yield f"The signed head of {head.size} leaves is not the tree's."
        lines = head.text.split("\n")
        if len(lines) != 6 or lines[2:4] != [str(head.size), head.root]:
            yield f"The text of the head of {head.size} leaves says something else."
        if head.public_key not in known or not _is_signed(
            head.text, key=head.public_key, signature=head.signature
        ):
            yield f"The signature of the head of {head.size} leaves does not fit."
        if head.witnessed_at is not None and not (
            head.receipt_text.endswith(head.text)
            and _is_signed(
                head.receipt_text, key=head.receipt_public_key, signature=head.receipt_signature
            )
        ):
            yield f"The witness's receipt for the head of {head.size} leaves does not fit."


def _is_signed(text: str, *, key: str, signature: str) -> bool:
    try:
        public = Ed25519PublicKey.from_public_bytes(bytes.fromhex(key))
        public.verify(bytes.fromhex(signature), text.encode())
    except (InvalidSignature, ValueError):
        return False
    return True


def _names(text: str, key: str) -> bool:
    try:
        return read_next_key(text) == key
    except ValueError:
        return False


def _check_tiles(size: int) -> Iterator[str]:
    level, count = 0, size
    while count:
        above = [
            bytes(tile.hashes) for tile in Tile.objects.filter(level=level + 1).order_by("number")
        ]
        parents = b"".join(above)
        held = 0
        for tile in Tile.objects.filter(level=level).order_by("number").iterator(chunk_size=200):
            hashes = bytes(tile.hashes)
            held += len(hashes) // merkle.HASH_BYTES
            if len(hashes) == merkle.TILE_WIDTH * merkle.HASH_BYTES:
                at = tile.number * merkle.HASH_BYTES
                if parents[at : at + merkle.HASH_BYTES] != merkle.hash_tile(hashes):
                    yield f"Tile {tile.number} of level {level} is not what the level above says."
        if held != count:
            yield f"Level {level} holds {held} hashes in place of {count}."
        level, count = level + 1, count // merkle.TILE_WIDTH


def _check_rows(size: int) -> Iterator[str]:
    read_node = _LeafReader().read
    expected = 0
    erased = Erasure.objects.order_by("leaf_index").values_list("leaf_index", flat=True)
    gone = set(erased.iterator(chunk_size=10_000))
    rows = AccessRecord.objects.filter(leaf_index__isnull=False).order_by("leaf_index")
    for row in rows.iterator(chunk_size=2_000):
        index = row.leaf_index or 0
        while expected < index:
            if expected not in gone:
                yield f"The row of leaf {expected} is missing."
            expected += 1
        if index < expected or index >= size:
            yield f"Leaf {index} has a row too many."
            continue
        expected = index + 1
        commitment = commit(facts=get_facts(row), salt=bytes(row.salt or b"").ljust(32, b"\0"))
        if merkle.hash_leaf(commitment) != read_node(index):
            yield f"The row of leaf {index} was changed."
    for index in range(expected, size):
        if index not in gone:
            yield f"The row of leaf {index} is missing."


class _LeafReader:
    """Leaves in order, a tile at a time."""

    def __init__(self) -> None:
        self._number = -1
        self._hashes = b""

    def read(self, index: int) -> bytes:
        number, place = divmod(index, merkle.TILE_WIDTH)
        if number != self._number:
            tile = Tile.objects.filter(level=0, number=number).first()
            self._number, self._hashes = number, bytes(tile.hashes) if tile else b""
        return self._hashes[place * merkle.HASH_BYTES : (place + 1) * merkle.HASH_BYTES]
