# SPDX-License-Identifier: Apache-2.0
"""The made-up people of the demo, as `people.toml` describes them."""

import tomllib
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Any

PEOPLE_FILE = Path(__file__).with_name("people.toml")


@dataclass(frozen=True)
class DemoPerson:
    """One made-up person. `agencies` says who knows them, and how each reaches them."""

    name: str
    email: str
    password: str
    sex: str
    born_on: date
    street: str
    village: str
    city: str
    postcode: str
    agencies: dict[str, str]
    facts: dict[str, dict[str, Any]]


@lru_cache(maxsize=1)
def list_people() -> tuple[DemoPerson, ...]:
    """All demo people, in the order of the file."""
    rows = tomllib.loads(PEOPLE_FILE.read_text(encoding="utf-8"))["people"]
    return tuple(
        DemoPerson(
            **{key: value for key, value in row.items() if key not in {"born_on", "facts"}},
            born_on=date.fromisoformat(row["born_on"]),
            facts=row.get("facts", {}),
        )
        for row in rows
    )


def list_people_known_to(*, slug: str) -> tuple[DemoPerson, ...]:
    """Those of whom this agency holds a record."""
    return tuple(person for person in list_people() if slug in person.agencies)
