# SPDX-License-Identifier: Apache-2.0
"""What may stand together on one page, and what a consent is worth at a moment. Pure."""

from collections.abc import Collection
from datetime import datetime
from enum import StrEnum


class State(StrEnum):
    """What has become of a consent."""

    GIVEN = "given"
    WITHDRAWN = "withdrawn"
    EXPIRED = "expired"


def arrange_questions(
    asked: Collection[str], *, specific: Collection[str]
) -> tuple[tuple[str, ...], ...]:
    """What is asked on each page, in order: ordinary attributes together, then each specific one
    alone (UU 27/2022, art. 20 with art. 4; safety rule 23)."""
    ordinary = tuple(sorted(set(asked) - set(specific)))
    alone = tuple((code,) for code in sorted(set(asked) & set(specific)))
    return ((ordinary,) if ordinary else ()) + alone


def is_bundled(attributes: Collection[str], *, specific: Collection[str]) -> bool:
    """A specific attribute stands beside another one."""
    return len(set(attributes)) > 1 and bool(set(attributes) & set(specific))


def name_state(*, ends_at: datetime | None, ended_at: datetime | None, at: datetime) -> State:
    """A consent without an end, from before ends were kept, gives nothing any more."""
    if ends_at is None or (ends_at <= at and (ended_at is None or ended_at >= ends_at)):
        return State.EXPIRED
    return State.WITHDRAWN if ended_at is not None else State.GIVEN
