# SPDX-License-Identifier: Apache-2.0
"""What a session has proved, from its own authentication events. Pure functions.

Authentication levels (safety rules 2 and 7; NIST SP 800-63B-4, 2.1 and 2.2):
AL1 is one factor; AL2 is a passkey with user verification, or a password and a second factor.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Literal

Method = Literal["password", "totp", "recovery_code", "passkey"]

# What a person knows, and what a person has.
_KNOWS = frozenset({"password"})
_HAS = frozenset({"totp", "recovery_code"})

# RFC 8176 names. A passkey proves a key ("hwk" where it cannot leave its device, "swk" where it is
# synchronised) and the person who unlocked it ("user").
_AMR: Mapping[str, tuple[str, ...]] = {
    "password": ("pwd",),
    "totp": ("otp",),
    "recovery_code": ("otp",),
}


@dataclass(frozen=True)
class Assurance:
    """What this session has proved, and when it did so last."""

    level: int  # 1: one factor; 2: two factors or a passkey
    methods: tuple[str, ...]  # RFC 8176 values: "pwd", "otp", "hwk", "swk", "user", "mfa"
    authenticated_at: datetime


@dataclass(frozen=True)
class Event:
    """One authentication: which method, when, and which level it brought the session to."""

    method: str
    at: datetime
    level: int
    key: str = ""

    def as_json(self) -> dict[str, Any]:
        stored: dict[str, Any] = {
            "method": self.method,
            "at": self.at.timestamp(),
            "level": self.level,
        }
        return stored | ({"key": self.key} if self.key else {})


def read_events(stored: Iterable[Mapping[str, Any]]) -> list[Event]:
    return [
        Event(
            method=entry["method"],
            at=datetime.fromtimestamp(entry["at"], tz=UTC),
            level=entry["level"],
            key=entry.get("key", ""),
        )
        for entry in stored
    ]


def compute_level(
    method: str, *, earlier: Sequence[Event], at: datetime, lifetime: timedelta
) -> int:
    """The level that `method` brings a session to, given what it proved before.

    Two factors count together only within `lifetime`: a password typed a month ago and a code
    typed now are not two proofs of who sits here now. Two of one kind are one factor.
    """
    if method == "passkey":
        return 2
    recent = {event.method for event in earlier if at - event.at < lifetime} | {method}
    return 2 if recent & _KNOWS and recent & _HAS else 1


def is_password_needed(events: Sequence[Event], *, at: datetime, lifetime: timedelta) -> bool:
    """Whether a second factor alone would not reach AL2."""
    return not any(e.method in _KNOWS and at - e.at < lifetime for e in events)


def compute_al2_until(
    events: Sequence[Event], *, seen_at: datetime, idle: timedelta, lifetime: timedelta
) -> datetime | None:
    """Until when AL2 holds if nobody opens another page after `seen_at`."""
    proved = [event.at for event in events if event.level == 2]
    if not proved:
        return None
    return min(seen_at + idle, proved[-1] + lifetime)


def can_be_extended(events: Sequence[Event], *, al2_until: datetime, lifetime: timedelta) -> bool:
    """Whether another page would move the end of AL2 on. At the end of a day only new proof does."""
    proved = [event.at for event in events if event.level == 2]
    return bool(proved) and al2_until < proved[-1] + lifetime


def assess(
    events: Sequence[Event],
    *,
    al2_until: datetime | None,
    at: datetime,
    al1_lifetime: timedelta,
) -> Assurance | None:
    """The level of a session at a moment; None where nothing was proved or it is too long ago."""
    if not events or at - events[-1].at >= al1_lifetime:
        return None
    level = 2 if al2_until is not None and at < al2_until else 1
    methods: list[str] = []
    for event in events:
        keys = (event.key or "swk", "user") if event.method == "passkey" else _AMR[event.method]
        methods += [name for name in keys if name not in methods]
    if level == 2:
        methods.append("mfa")
    return Assurance(level=level, methods=tuple(methods), authenticated_at=events[-1].at)
