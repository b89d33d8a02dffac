# SPDX-License-Identifier: Apache-2.0
"""Small tables that every page needs, kept whole in each process's memory.

A change must hold everywhere within a minute (safety rule 24), and a page must not pay a query
for what changes once a month: so each process reads the table again after
`settings.SNAPSHOT_SECONDS` (30 by default; 0 in tests: always).
"""

import time
from collections.abc import Callable
from typing import Generic, TypeVar

from django.conf import settings

T = TypeVar("T")


class Snapshot(Generic[T]):
    """The value of `load()`, at most `SNAPSHOT_SECONDS` old. The value must be immutable in use."""

    def __init__(self, load: Callable[[], T]) -> None:
        self._load = load
        self._kept: tuple[float, T] | None = None

    def read(self) -> T:
        now = time.monotonic()
        kept = self._kept
        if kept is None or now - kept[0] >= settings.SNAPSHOT_SECONDS:
            # Two threads may both load; either value is fresh.
            kept = self._kept = (now, self._load())
        return kept[1]

    def forget(self) -> None:
        """Load again at the next read, in this process."""
        self._kept = None
