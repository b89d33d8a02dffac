# SPDX-License-Identifier: Apache-2.0
"""What happens after "this wasn't me", step by step, and who must act by when. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

# 40 bits: nobody guesses a number, and it opens nothing.
NUMBER_LENGTH = 8
# What a browser shows at the counter: nobody guesses it within its day.
SCREEN_CODE_LENGTH = 8


class Name(StrEnum):
    """The steps of a case, in their order."""

    FROZEN = "frozen"
    AGENCIES = "agencies"  # every agency has acknowledged
    IDENTITY = "identity"  # she shows who she is
    SECOND_LOOK = "second_look"  # two members of staff agree
    GUARDS = "guards"  # she chooses a new password and second factor
    LINKS = "links"  # she takes back each link, or ends it


class Who(StrEnum):
    PERSON = "person"
    AGENCIES = "agencies"
    OFFICE = "office"


@dataclass(frozen=True)
class Facts:
    """What is known of a case. `heard` and `decided`: one entry for each frozen link, None while
    it has not happened."""

    opened_at: datetime
    shown_at: datetime | None  # somebody at a counter has seen her and her papers
    proved_at: datetime | None
    renewed_at: datetime | None
    closed_at: datetime | None
    heard: Sequence[datetime | None]
    decided: Sequence[datetime | None]


@dataclass(frozen=True)
class Step:
    name: Name
    who: Who
    done_at: datetime | None
    due_at: datetime | None
    is_next: bool

    def is_overdue(self, *, at: datetime) -> bool:
        """A day that passed is said to have passed, whoever let it."""
        return self.done_at is None and self.due_at is not None and self.due_at <= at


def list_steps(
    facts: Facts, *, agencies_within: timedelta, agree_within: timedelta
) -> tuple[Step, ...]:
    """Every step with its clock. Agencies acknowledge while the person acts, so of the steps that
    wait one is next for her side; theirs is never in her way."""
    done = {
        Name.FROZEN: facts.opened_at,
        Name.AGENCIES: _latest(facts.heard, nothing=facts.opened_at),
        Name.IDENTITY: facts.shown_at or facts.proved_at,
        Name.SECOND_LOOK: facts.proved_at,
        Name.GUARDS: facts.renewed_at,
        Name.LINKS: facts.closed_at
        or (_latest(facts.decided, nothing=None) if facts.renewed_at else None),
    }
    due = {
        Name.AGENCIES: facts.opened_at + agencies_within,
        Name.SECOND_LOOK: facts.shown_at + agree_within if facts.shown_at else None,
    }
    who = {Name.AGENCIES: Who.AGENCIES, Name.SECOND_LOOK: Who.OFFICE}
    waiting = [name for name in Name if name is not Name.AGENCIES and done[name] is None]
    return tuple(
        Step(
            name=name,
            who=who.get(name, Who.PERSON),
            done_at=done[name],
            due_at=due.get(name),
            is_next=name in waiting[:1],
        )
        for name in Name
    )


def _latest(moments: Sequence[datetime | None], *, nothing: datetime | None) -> datetime | None:
    """The last of them, None while one is missing; `nothing` where there are none."""
    known = [moment for moment in moments if moment is not None]
    if len(known) < len(moments):
        return None
    return max(known, default=nothing)


def may_take_back(*, identity_level: int, link_level: int) -> bool:
    """Whether a person is known well enough to take a link back: as well as when it was made,
    and never by nothing (safety rules 10 and 11)."""
    return identity_level >= max(link_level, 1)


def mask_name(full_name: str) -> str:
    """Enough to tell two callers apart, too little to learn a name: "S*** W***"."""
    return " ".join(f"{word[0]}***" for word in full_name.split())


def mask_email(email: str) -> str:
    """As "s***@n***": enough for its owner to recognise."""
    name, _at, host = email.partition("@")
    return f"{name[:1]}***@{host[:1]}***"
