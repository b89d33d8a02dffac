# SPDX-License-Identifier: Apache-2.0
"""What other apps may ask about a person's account and session."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any


@dataclass(frozen=True)
class Assurance:
    """What this session has proved, and when it did so last."""

    level: int  # 1: one factor; 2: two factors or a passkey
    methods: tuple[str, ...]  # RFC 8176 values: "pwd", "otp", "hwk", "user", "mfa"
    authenticated_at: datetime


def get_assurance(*, session: Mapping[str, Any], at: datetime) -> Assurance | None:
    """The authentication level of a session at a moment; None when nobody is signed in.

    AL2 lapses to AL1 after an hour without a page or 24 hours in all (safety rule 7).
    """
    raise NotImplementedError
