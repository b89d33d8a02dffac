# SPDX-License-Identifier: Apache-2.0
"""When an account may be paused, and how its code is written. Pure."""

from datetime import datetime, timedelta

# 35 bits find the row; 65 bits are the secret (safety rule 5 asks for 64 or more).
SELECTOR = 7
CODE_LENGTH = 20


def may_pause_again(*, last_started_at: datetime, interval: timedelta, at: datetime) -> bool:
    """Safety rule 11: once in an interval, counted from the beginning of the pause before. The
    moment at which the interval is over is late enough."""
    return at >= last_started_at + interval


def group_code(code: str) -> str:
    """In fours, as it stands in the letter: "K7PM 2XRD 94QT 8WNA 3F5G"."""
    return " ".join(code[start : start + 4] for start in range(0, len(code), 4))
