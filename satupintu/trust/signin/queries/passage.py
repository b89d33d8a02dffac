# SPDX-License-Identifier: Apache-2.0
"""Whether a person may go on to an agency now. Who knows is an app above, which registers."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any


@dataclass(frozen=True)
class Passage:
    """`waits_until` is set where the way is closed and its end is known; `changes_wait_until`
    where it is open, but bank details and address must stay as they are (safety rule 9)."""

    is_open: bool
    waits_until: datetime | None = None
    page: str = ""  # where the person reads what she may do meanwhile
    changes_wait_until: datetime | None = None


# (request.user, agency_slug=..., at=...)
Reader = Callable[..., Passage]

_readers: list[Reader] = []


def add_reader(reader: Reader) -> None:
    _readers.append(reader)


def get_passage(user: Any, *, agency_slug: str, at: datetime) -> Passage:
    """The strictest of what the registered apps say; open where nobody says anything. Costs no
    statement where they read what came with the account."""
    told = [reader(user, agency_slug=agency_slug, at=at) for reader in _readers]
    closed = next((passage for passage in told if not passage.is_open), None)
    waiting = next((passage for passage in told if passage.changes_wait_until), None)
    return closed or waiting or Passage(is_open=True)
