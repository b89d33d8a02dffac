# SPDX-License-Identifier: Apache-2.0
"""What we accept from an agency. Pure.

An agency is a partner, not a part of us: its answers are checked like anything else that comes
from outside. What does not fit exactly is nonsense, and nothing is done with it.
"""

import unicodedata
from datetime import datetime
from typing import Annotated, Literal

from pydantic import AfterValidator, AwareDatetime, Field, StringConstraints
from pydantic.dataclasses import dataclass

# Characters that hide or reorder what stands beside them (Unicode bidirectional controls) or that
# no terminal prints: an agency's words must look like what they are.
_HIDING = frozenset("\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")


def _printable(text: str) -> str:
    if any(unicodedata.category(c) == "Cc" or c in _HIDING for c in text):
        raise ValueError("holds control characters")
    return text


def _masked(text: str) -> str:
    # A contact or a name in full would tell a guesser what he does not know.
    if "*" not in text:
        raise ValueError("is not masked")
    return text


Line = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=1, max_length=300),
    AfterValidator(_printable),
]
Masked = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=1, max_length=200),
    AfterValidator(_printable),
    AfterValidator(_masked),
]
# Opaque to us: the agency's own handles, never shown to anybody.
Opaque = Annotated[str, StringConstraints(min_length=1, max_length=200), AfterValidator(_printable)]
QuestionName = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]{0,39}$")]


@dataclass(frozen=True)
class Wording:
    """An agency's own words, in both languages."""

    id: Line
    en: Line

    def say_in(self, language: str) -> str:
        return self.id if language == "id" else self.en


@dataclass(frozen=True)
class Question:
    """One question that finds a record. Its answer proves nothing (safety rule 1)."""

    id: QuestionName
    label: Wording
    kind: Literal["text", "date", "number"]
    hint: Wording | None = None
    max_length: Annotated[int, Field(ge=1, le=200)] = 100


@dataclass(frozen=True)
class Questions:
    questions: Annotated[tuple[Question, ...], Field(min_length=1, max_length=10)]

    def __post_init__(self) -> None:
        names = [question.id for question in self.questions]
        if len(names) != len(set(names)):
            raise ValueError("two questions have one name")


@dataclass(frozen=True)
class SentTo:
    """Where the agency sent the code: a contact that it holds already."""

    channel: Literal["email", "letter"]
    masked: Masked


@dataclass(frozen=True)
class Enquiry:
    """One record fitted the answers, and a code is on its way."""

    enquiry_id: Opaque
    sent_to: SentTo
    expires_at: AwareDatetime


@dataclass(frozen=True)
class Match:
    """A code fitted a record. Nothing is joined yet."""

    match_id: Opaque
    record_ref: Opaque
    record_hint: Masked


@dataclass(frozen=True)
class Joined:
    record_ref: Opaque


@dataclass(frozen=True)
class NoticeTaken:
    """The agency tells its contact; it does so even if it stops a moment after this answer."""

    sent_to: SentTo


@dataclass(frozen=True)
class StandingHeard:
    """How a link stands at the agency now. A newer word may have overtaken the one it answers."""

    standing: Literal["frozen", "open"]


@dataclass(frozen=True)
class Problem:
    """Problem details (RFC 9457), as far as we act on them."""

    type: Annotated[str, StringConstraints(max_length=200)] = "about:blank"
    code: Annotated[str, StringConstraints(max_length=60)] = ""
    retry_after: Annotated[int, Field(ge=0, le=60 * 60 * 24 * 31)] | None = None

    @property
    def name(self) -> str:
        """The last part of the type's URN or address, or the `code` member: "no_match"."""
        if self.code:
            return self.code
        return self.type.replace("/", ":").replace("#", ":").rsplit(":", 1)[-1].replace("-", "_")


def has_expired(expires_at: datetime, *, at: datetime) -> bool:
    """A moment itself is already too late."""
    return expires_at <= at
