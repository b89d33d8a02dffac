# SPDX-License-Identifier: Apache-2.0
"""What an agency is: its name, colours, words and questions, read from `definitions/<slug>.toml`."""

import tomllib
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

DEFINITIONS = Path(__file__).with_name("definitions")

# Text in both languages: {"id": "...", "en": "..."}.
Words = dict[str, str]


class UnknownAgency(Exception):
    """There is no definition file of this name."""


@dataclass(frozen=True)
class Question:
    """One thing the agency asks to find a record. `source` names the resident's field."""

    id: str
    label: Words
    hint: Words
    kind: str
    max_length: int
    source: str


@dataclass(frozen=True)
class AgencyDefinition:
    slug: str
    default_port: int
    name: Words
    short_name: Words
    level: str
    sector: str
    # Lucide's name on the agency's own pages, and the one the portal has a drawing of.
    icon: str
    portal_icon: str
    summary: Words
    sees: tuple[Words, ...]
    # The first question holds the number that names a record: wrong answers are counted by it.
    questions: tuple[Question, ...]
    # How a record's number is written: # is a digit.
    number_format: str
    # Which module of `records` makes and shows the agency's own fields.
    record_kind: str
    mail_from: str
    address: str
    colours: dict[str, dict[str, str]]
    typeface: str
    motif: str
    pages: dict[str, Any]


def list_slugs() -> list[str]:
    """Every agency that is defined, by default port: the national ones come first."""
    found = (load_definition(slug=path.stem) for path in DEFINITIONS.glob("*.toml"))
    return [one.slug for one in sorted(found, key=lambda one: one.default_port)]


@lru_cache(maxsize=16)
def load_definition(*, slug: str) -> AgencyDefinition:
    """Raises UnknownAgency."""
    path = DEFINITIONS / f"{slug}.toml"
    if not slug.replace("-", "").isalnum() or not path.is_file():
        raise UnknownAgency(f"There is no agency called {slug!r}.")
    data = tomllib.loads(path.read_text(encoding="utf-8"))
    return AgencyDefinition(
        slug=slug,
        **{key: value for key, value in data.items() if key not in {"sees", "questions"}},
        sees=tuple(data["sees"]),
        questions=tuple(Question(**question) for question in data["questions"]),
    )
