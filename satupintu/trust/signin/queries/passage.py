# SPDX-License-Identifier: Apache-2.0
"""Whether a person may go on to an agency now. Who knows is an app above, which registers."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID


@dataclass(frozen=True)
class Passage:
    """`waits_until` is set where the way is closed and its end is known; `changes_wait_until`
    where it is open, but bank details and address must stay as they are (safety rule 9)."""

    is_open: bool
    waits_until: datetime | None = None
    page: str = ""  # where the person reads what she may do meanwhile
    changes_wait_until: datetime | None = None


# (account_id=..., agency_slug=..., at=..., user=...)
Reader = Callable[..., Passage]

_readers: list[Reader] = []


def add_reader(reader: Reader) -> None:
    _readers.append(reader)


def get_passage(*, account_id: UUID, agency_slug: str, at: datetime, user: Any = None) -> Passage:
    """The strictest of what the registered apps say; open where nobody says anything.

    With `user`, the `request.user` of who is here, it costs no statement where they read what came
    with the account. A refresh has nobody there, and pays one."""
    told = [
        reader(account_id=account_id, agency_slug=agency_slug, at=at, user=user)
        for reader in _readers
    ]
    closed = next((passage for passage in told if not passage.is_open), None)
    waiting = next((passage for passage in told if passage.changes_wait_until), None)
    return closed or waiting or Passage(is_open=True)
