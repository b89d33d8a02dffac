# SPDX-License-Identifier: Apache-2.0
"""What may follow what in joining a record. Pure."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

CODE_LENGTH = 12
STRONG_IDENTITY = 2  # IP2: evidence was checked at its source
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


class Standing(StrEnum):
    """How a link that is joined on both sides stands now. Of several that apply, the first of this
    list counts: who stops a link is never overruled by what merely has to wait."""

    FROZEN = "frozen"  # "this wasn't me": until it is restored after proof
    PAUSED = "paused"  # the record's own contact said that it was not her (safety rule 11)
    ON_HOLD = "on_hold"  # somebody proved more strongly that the record is hers (safety rule 10)
    PROVISIONAL = "provisional"  # its owner has time to say that it was not her (safety rule 9)
    ACTIVE = "active"


class Use(StrEnum):
    """What a link is good for."""

    DATA = "data"
    LETTERS = "letters"
    SIGN_ON = "sign_on"


@dataclass(frozen=True)
class Marks:
    """What has been noted about a link; any of it may apply at once."""

    provisional_until: datetime | None = None
    held_at: datetime | None = None
    paused_until: datetime | None = None
    frozen_at: datetime | None = None


def decide_standing(marks: Marks, *, at: datetime) -> Standing:
    """The one standing that counts. A time that is over counts for nothing; a hold and a freeze
    have no end of their own."""
    applies = {
        Standing.FROZEN: marks.frozen_at is not None,
        Standing.PAUSED: _lasts(marks.paused_until, at=at),
        Standing.ON_HOLD: marks.held_at is not None,
        Standing.PROVISIONAL: _lasts(marks.provisional_until, at=at),
    }
    return next((each for each, counts in applies.items() if counts), Standing.ACTIVE)


def find_end(marks: Marks, standing: Standing) -> datetime | None:
    """Until when a standing lasts, where that is known beforehand. It need not be ACTIVE then:
    of what else applies, the next counts."""
    return {
        Standing.PAUSED: marks.paused_until,
        Standing.PROVISIONAL: marks.provisional_until,
    }.get(standing)


def list_uses(standing: Standing, *, serves_provisional: bool) -> frozenset[Use]:
    """What an agency may do by way of a link: the one place that says so.

    `serves_provisional`: the agency has shown in its conformance report that it serves
    provisional links safely (safety rule 9).
    """
    if standing is Standing.ACTIVE or (standing is Standing.PROVISIONAL and serves_provisional):
        return frozenset(Use)
    return frozenset()


def count_provisional_until(
    *, linked_at: datetime, cooling_off: timedelta, identity_level: int, by_passkey: bool
) -> datetime | None:
    """Until when a new link is provisional (safety rule 9); None for one that stands at once.

    Nobody waits whose identity was checked at its source (IP2) and who came with a passkey: both
    name her, and no mail or code that somebody else could read was enough.
    """
    if not cooling_off or proves_strongly(identity_level=identity_level, by_passkey=by_passkey):
        return None
    return linked_at + cooling_off


def proves_strongly(*, identity_level: int, by_passkey: bool) -> bool:
    """IP2 with a passkey: strong enough to need no cooling-off."""
    return identity_level >= STRONG_IDENTITY and by_passkey


def _lasts(until: datetime | None, *, at: datetime) -> bool:
    return until is not None and not has_expired(until, at=at)


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
