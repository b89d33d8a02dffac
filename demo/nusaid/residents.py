# SPDX-License-Identifier: Apache-2.0
"""Whom NusaID has checked: the made-up people who have papers, each with a number and a PIN."""

import hashlib
import hmac
from dataclasses import dataclass
from functools import lru_cache

from demo.people import list_people


@dataclass(frozen=True)
class Resident:
    number: str  # 16 digits, on the card
    pin: str  # six digits
    name: str
    email: str  # by which the demo's scripts know who this is; told to nobody


@lru_cache(maxsize=1)
def list_residents() -> tuple[Resident, ...]:
    """The same at every start: nobody in it exists."""
    return tuple(
        Resident(
            number=_digits("number", person.email, 16),
            pin=_digits("pin", person.email, 6),
            name=person.name,
            email=person.email,
        )
        for person in list_people()
    )


def find_resident(*, number: str, pin: str) -> Resident | None:
    """Compared in constant time, and as slowly for a number that nobody has."""
    found = None
    for resident in list_residents():
        fits = hmac.compare_digest(resident.number.encode(), number.encode())
        if hmac.compare_digest(resident.pin.encode(), pin.encode()) and fits:
            found = resident
    return found


def _digits(what: str, email: str, count: int) -> str:
    digest = hashlib.sha256(f"nusaid {what} {email}".encode()).digest()
    return str(int.from_bytes(digest) % 10**count).zfill(count)
