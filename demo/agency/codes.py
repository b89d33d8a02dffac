# SPDX-License-Identifier: Apache-2.0
"""Linking codes: 12 characters of Crockford's base32 (60 random bits), single-use, 14 days.

How one is found without trying 20,000 hashes: beside its salted scrypt hash stands `lookup`, the
first 24 bits of a keyed HMAC of the code. It leads to the one or two rows that can fit, and scrypt
decides. 24 bits, not all: whoever stole the register and the key together would still have to
work through 2**36 scrypt hashes for a code. A miss computes one scrypt too, so that it takes as
long as a hit.
"""

import hashlib
import hmac
import secrets
import sqlite3
import threading
from dataclasses import dataclass
from datetime import datetime, timedelta

from .keys import AgencyKeys

CROCKFORD = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
LOOKALIKES = str.maketrans({"O": "0", "I": "1", "L": "1"})
LENGTH = 12
LIFETIME = timedelta(days=14)

# One at a time: each takes 16 MB while it runs, and an agency is meant to be small.
_one_at_a_time = threading.Lock()


@dataclass(frozen=True)
class IssuedCode:
    """A code in clear, to be sent and forgotten."""

    code: str
    record_ref: str
    expires_at: datetime

    @property
    def written(self) -> str:
        """In groups of four, as it stands in the letter."""
        return " ".join(self.code[start : start + 4] for start in range(0, LENGTH, 4))


def normalize_code(typed: str) -> str:
    """What a person meant: spaces and hyphens dropped, capitals, look-alikes read as digits."""
    kept = "".join(sign for sign in typed.upper() if sign.isalnum())
    return kept.translate(LOOKALIKES)


def issue_code(
    *, connection: sqlite3.Connection, keys: AgencyKeys, record_ref: str, at: datetime
) -> IssuedCode:
    """A fresh code for a record. Earlier ones stay good: their letter may still be on its way."""
    code = "".join(secrets.choice(CROCKFORD) for _ in range(LENGTH))
    salt = secrets.token_bytes(16)
    expires_at = at + LIFETIME
    connection.execute(
        "INSERT INTO linking_code (record_ref, lookup, salt, hash, issued_at, expires_at)"
        " VALUES (?, ?, ?, ?, ?, ?)",
        (
            record_ref,
            _lookup(keys=keys, code=code),
            salt,
            _hash(code=code, salt=salt),
            int(at.timestamp()),
            int(expires_at.timestamp()),
        ),
    )
    return IssuedCode(code=code, record_ref=record_ref, expires_at=expires_at)


def find_open_code(
    *, connection: sqlite3.Connection, keys: AgencyKeys, typed: str, at: datetime
) -> sqlite3.Row | None:
    """The row of a code that is neither used nor expired; wrong, used and expired look the same."""
    code = normalize_code(typed)
    rows = connection.execute(
        "SELECT * FROM linking_code WHERE lookup = ? AND used_at IS NULL AND expires_at > ?",
        (_lookup(keys=keys, code=code), int(at.timestamp())),
    ).fetchall()
    if not rows:
        spend_the_time_of_a_hit()
    for row in rows:
        if hmac.compare_digest(_hash(code=code, salt=row["salt"]), row["hash"]):
            return row
    return None


def spend_the_time_of_a_hit() -> None:
    """What a hit would have computed, so that the clock tells nothing."""
    _hash(code="0" * LENGTH, salt=b"sixteen bytes...")


def _lookup(*, keys: AgencyKeys, code: str) -> int:
    return int.from_bytes(keys.keyed_hash("code", code)[:3], "big")


def _hash(*, code: str, salt: bytes) -> bytes:
    with _one_at_a_time:
        return hashlib.scrypt(code.encode(), salt=salt, n=2**14, r=8, p=1, dklen=32)
