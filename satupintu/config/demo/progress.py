# SPDX-License-Identifier: Apache-2.0
"""One line for each step of the start, with the time it took."""

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import TextIO


class Progress:
    def __init__(self, out: TextIO | None = None) -> None:
        self.out = out or sys.stdout
        self.began = time.monotonic()

    def say(self, words: str) -> None:
        # A terminal that was closed, or a full disk behind a log: the country goes on, and its
        # end is not cut short by a word that nobody reads.
        with suppress(OSError, ValueError):
            self.out.write(f"{words}\n")
            self.out.flush()

    @contextmanager
    def step(self, words: str) -> Iterator[None]:
        """The line is written when the step is done; a failed step leaves the word "failed"."""
        began = time.monotonic()
        try:
            yield
        except BaseException:
            self.say(f"  {words:<58} failed")
            raise
        self.say(f"  {words:<58} {time.monotonic() - began:5.1f} s")

    def elapsed(self) -> float:
        return time.monotonic() - self.began
