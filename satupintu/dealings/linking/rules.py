# SPDX-License-Identifier: Apache-2.0
"""What may follow what in joining a record. Pure."""

from datetime import datetime
from enum import StrEnum

CODE_LENGTH = 12
# Crockford's base32, after look-alikes were read as digits.
CODE_ALPHABET = frozenset("0123456789ABCDEFGHJKMNPQRSTVWXYZ")


class Route(StrEnum):
    """The ways in which a person can prove that a record is hers."""

    CODE = "code"  # a letter's code
    QUESTIONS = "questions"  # answers that find the record, and a code that goes to its contact


class Step(StrEnum):
    """What is tried, and counted apart: a letter's code typed wrongly must not close the way of
    the questions, whose code is typed on the same page."""

    LETTER_CODE = "letter_code"
    ANSWERS = "answers"
    SENT_CODE = "sent_code"

    @property
    def route(self) -> Route:
        return Route.CODE if self is Step.LETTER_CODE else Route.QUESTIONS


class State(StrEnum):
    """Where a link stands. It only ever moves down this list."""

    PENDING = "pending"  # reserved here; whether the agency joined it is not known yet
    ACTIVE = "active"  # joined on both sides
    ENDED = "ended"  # no longer joined here; the agency is told until it has heard


def is_whole_code(normalised: str) -> bool:
    """Twelve characters of the alphabet; says nothing about whether the code fits."""
    return len(normalised) == CODE_LENGTH and CODE_ALPHABET.issuperset(normalised)


def group_code(normalised: str) -> str:
    """In fours, as it stands in the letter: "K7PM 2XRD 94QT"."""
    return " ".join(normalised[start : start + 4] for start in range(0, len(normalised), 4))


def other_route(route: Route) -> Route:
    """The way that stays open when this one is closed."""
    return Route.QUESTIONS if route is Route.CODE else Route.CODE


def has_expired(expires_at: datetime, *, at: datetime) -> bool:
    """A moment itself is already too late."""
    return expires_at <= at
