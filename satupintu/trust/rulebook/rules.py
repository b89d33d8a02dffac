# SPDX-License-Identifier: Apache-2.0
"""How a policy's stored value is read, and which of several is in force. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

PolicyValue = bool | int | str | timedelta | tuple[str, ...]

_UNITS = {"s": "seconds", "min": "minutes", "h": "hours", "d": "days"}


@dataclass(frozen=True)
class PolicyRow:
    """One dated value."""

    name: str
    agency: str
    value: PolicyValue
    valid_from: datetime
    valid_until: datetime | None
    source: str


def read_value(kind: str, raw: object) -> PolicyValue:
    """Turn JSON into a typed value. Durations are written "4 s", "30 min", "48 h", "14 d".

    Raises ValueError for a kind or a value that is not what it says.
    """
    match kind, raw:
        case "boolean", bool():
            return raw
        case "integer", int() if not isinstance(raw, bool):
            return raw
        case "text", str():
            return raw
        case "list", list() if all(isinstance(item, str) for item in raw):
            return tuple(raw)
        case "duration", str():
            number, _, unit = raw.partition(" ")
            if unit in _UNITS and number.isdigit():
                return timedelta(**{_UNITS[unit]: int(number)})
    raise ValueError(f"{raw!r} is no {kind}")


def choose_row(rows: Iterable[PolicyRow], *, agency: str, at: datetime) -> PolicyRow | None:
    """The agency's own value before everybody's; the later start before the earlier."""
    in_force = [
        row
        for row in rows
        if row.agency in ("", agency)
        and row.valid_from <= at
        and (row.valid_until is None or at < row.valid_until)
    ]
    return max(in_force, key=lambda row: (row.agency != "", row.valid_from), default=None)
