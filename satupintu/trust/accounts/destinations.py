# SPDX-License-Identifier: Apache-2.0
"""Where a person is on her way to while she signs in, so that the page can say it.

An app above that sends people to sign in and on to somewhere registers, in `ready()`, who can
read its addresses. This app knows none of them.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from satupintu.trust.agencies.queries import AgencyCard


@dataclass(frozen=True)
class Destination:
    """An agency, and what it says about the person: who she may be. A hint, and no proof."""

    agency: AgencyCard
    email: str


DestinationReader = Callable[[str, datetime], Destination | None]
_readers: list[DestinationReader] = []


def register_destination_reader(reader: DestinationReader) -> None:
    """`reader(address, at)` answers None for an address that is not its own."""
    if reader not in _readers:
        _readers.append(reader)


def read_destination(address: str, *, at: datetime) -> Destination | None:
    """Where `next` leads, when it is to an agency."""
    return next(filter(None, (reader(address, at) for reader in _readers)), None)
