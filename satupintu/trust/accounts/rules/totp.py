# SPDX-License-Identifier: Apache-2.0
"""Time-based codes (RFC 6238), with django-allauth's arithmetic and a memory for replays."""

import hmac
from datetime import datetime

from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value

PERIOD = 30
DIGITS = 6
# A phone's clock may be half a minute off; more would only help a guesser.
TOLERANCE = 1


def compute_step(at: datetime) -> int:
    return int(at.timestamp()) // PERIOD


def compute_code(secret: str, step: int) -> str:
    return format_hotp_value(hotp_value(secret, step))


def find_step(secret: str, typed: str, *, at: datetime) -> int | None:
    """The step whose code was typed; the caller refuses one that was used (RFC 6238, 5.2)."""
    now = compute_step(at)
    found = None
    # All are compared, so that the answer takes as long for every one of them.
    for step in range(now - TOLERANCE, now + TOLERANCE + 1):
        if hmac.compare_digest(compute_code(secret, step).encode(), typed.encode()):
            found = step
    return found
