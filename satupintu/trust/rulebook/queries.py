# SPDX-License-Identifier: Apache-2.0
"""Ask the rulebook. Every app reads its numbers here, never from a constant (design rule 5)."""

from datetime import datetime, timedelta

from satupintu.foundation.errors import Refusal
from satupintu.foundation.snapshot import Snapshot

from .models import Policy
from .rules import PolicyRow, PolicyValue, choose_row, read_value


class PolicyUndecided(Refusal):
    """No value is in force: the affected act is refused (design rule 5)."""

    code = "policy_undecided"
    status = 503


def _load_policies() -> dict[str, list[PolicyRow]]:
    policies: dict[str, list[PolicyRow]] = {}
    for row in Policy.objects.all():
        policies.setdefault(row.name, []).append(
            PolicyRow(
                name=row.name,
                agency=row.agency,
                value=read_value(row.kind, row.value),
                valid_from=row.valid_from,
                valid_until=row.valid_until,
                source=row.source,
            )
        )
    return policies


_policies = Snapshot(_load_policies)


def forget_policies() -> None:
    """Read the table again at the next question, in this process."""
    _policies.forget()


def get_policy(name: str, *, agency: str, at: datetime) -> PolicyValue:
    """The value in force at `at` for an agency's slug ("" asks for everybody's).

    Answers up to 30 seconds old. Raises PolicyUndecided where nothing is in force.
    """
    row = choose_row(_policies.read().get(name, []), agency=agency, at=at)
    if row is None:
        raise PolicyUndecided
    return row.value


def get_duration(name: str, *, agency: str = "", at: datetime) -> timedelta:
    """`get_policy` for a duration. Raises TypeError when it is none."""
    value = get_policy(name, agency=agency, at=at)
    if not isinstance(value, timedelta):
        raise TypeError(f"{name} is no duration")
    return value


def get_integer(name: str, *, agency: str = "", at: datetime) -> int:
    """`get_policy` for a whole number. Raises TypeError when it is none."""
    value = get_policy(name, agency=agency, at=at)
    if not isinstance(value, int) or isinstance(value, bool):
        raise TypeError(f"{name} is no whole number")
    return value


def get_text(name: str, *, agency: str = "", at: datetime) -> str:
    """`get_policy` for words. Raises TypeError when it is none."""
    value = get_policy(name, agency=agency, at=at)
    if not isinstance(value, str):
        raise TypeError(f"{name} is no text")
    return value
