# SPDX-License-Identifier: Apache-2.0
"""A child that ends when its parent does, even when the parent was killed without a word."""

import ctypes
import signal
import sys
from collections.abc import Callable

_PR_SET_PDEATHSIG = 1
# Loaded before any fork: a child between fork and exec must not import or allocate much.
_libc = ctypes.CDLL(None, use_errno=True) if sys.platform == "linux" else None


def leash(signal_number: signal.Signals) -> Callable[[], None]:
    """A `preexec_fn` for subprocess: the kernel sends `signal_number` when the *thread* that
    started the child ends. Start children from the main thread. Does nothing outside Linux."""

    def set_leash() -> None:
        if _libc is not None:
            _libc.prctl(_PR_SET_PDEATHSIG, int(signal_number), 0, 0, 0)

    return set_leash
