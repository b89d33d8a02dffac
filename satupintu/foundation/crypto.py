# SPDX-License-Identifier: Apache-2.0
"""Encryption and hashing, one way each.

Keys come from settings: `ENCRYPTION_KEYS` (newest first; rotate by putting a new one in front
and running `satupintu rotate-secrets`), and `HASH_KEY`, which never rotates because keyed hashes
serve as lookup values.
"""

import hashlib
import hmac
import secrets
from functools import lru_cache

from cryptography.fernet import Fernet, MultiFernet
from django.conf import settings

# Crockford's base32: no I, L, O, U, so that a code survives being read aloud and written down.
CROCKFORD = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
LOOKALIKES = str.maketrans({"O": "0", "I": "1", "L": "1"})


@lru_cache(maxsize=4)
def _keyring(keys: tuple[str, ...]) -> MultiFernet:
    return MultiFernet([Fernet(key) for key in keys])


def encrypt(text: str) -> str:
    """Encrypt with the newest key. The answer is ASCII."""
    return _keyring(tuple(settings.ENCRYPTION_KEYS)).encrypt(text.encode()).decode("ascii")


def decrypt(token: str) -> str:
    """Raises cryptography.fernet.InvalidToken when no key fits."""
    return _keyring(tuple(settings.ENCRYPTION_KEYS)).decrypt(token.encode("ascii")).decode()


def rotate(token: str) -> str:
    """The same secret under the newest key."""
    return _keyring(tuple(settings.ENCRYPTION_KEYS)).rotate(token.encode("ascii")).decode("ascii")


def keyed_hash(purpose: str, value: str) -> str:
    """A lookup value for something we may not store in clear: HMAC-SHA-256, hex, 64 characters.

    `purpose` separates domains: the same value hashes differently for each.
    """
    message = f"{purpose}\x00{value}".encode()
    return hmac.new(settings.HASH_KEY.encode(), message, hashlib.sha256).hexdigest()


def new_secret() -> str:
    """A machine secret of 256 bits, safe in a URL."""
    return secrets.token_urlsafe(32)


def hash_secret(secret: str) -> str:
    """SHA-256, hex. Only for machine secrets of 256 bits (safety rule 5), never for a code."""
    return hashlib.sha256(secret.encode()).hexdigest()


def new_code(*, length: int) -> str:
    """A random code for people, in Crockford base32 (5 bits a character)."""
    return "".join(secrets.choice(CROCKFORD) for _ in range(length))


def normalize_code(typed: str) -> str:
    """What a person meant: spaces and hyphens dropped, capitals, look-alikes read as digits."""
    kept = "".join(character for character in typed.upper() if character.isalnum())
    return kept.translate(LOOKALIKES)
