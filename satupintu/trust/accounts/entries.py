# SPDX-License-Identifier: Apache-2.0
"""What apps above show on a person's account page: a line, and where it leads.

Registered in `AppConfig.ready()`; the page knows none of them.
"""

from collections.abc import Callable
from dataclasses import dataclass

from django.http import HttpRequest
from django.utils.functional import Promise


@dataclass(frozen=True)
class Entry:
    label: str | Promise
    icon: str
    link: str | Promise  # the words of the link
    url_name: str
    say: Callable[[HttpRequest], str]  # how it stands with who is signed in, in her language


_entries: dict[str, Entry] = {}


def register_entry(key: str, entry: Entry) -> None:
    """Add a line to the account page, below the name and the address."""
    _entries[key] = entry


def list_entries() -> tuple[Entry, ...]:
    return tuple(_entries.values())
