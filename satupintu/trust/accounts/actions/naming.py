# SPDX-License-Identifier: Apache-2.0
"""Who else has a say when a person changes the name of her account.

An app above that made sure of the name registers a guard: the name is then no longer hers alone
to type.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from satupintu.trust.accounts.models import Account


@dataclass(frozen=True)
class Renaming:
    """A name that is about to change. The account is held until the transaction ends."""

    account_id: UUID
    old: str
    new: str
    at: datetime


NameGuard = Callable[[Renaming], None]
_guards: dict[str, NameGuard] = {}


def register_name_guard(name: str, guard: NameGuard) -> None:
    """Ask `guard` before a name changes; it raises a Refusal against it. From
    `AppConfig.ready()` only."""
    if _guards.setdefault(name, guard) is not guard:
        raise ValueError(f"{name} guards names already")


def ask_name_guards(renaming: Renaming) -> None:
    """Raises what a guard refuses with."""
    for guard in _guards.values():
        guard(renaming)


def hold_name(*, account_id: UUID) -> str | None:
    """The name of an account, which stays what it is until the caller's transaction ends; so
    does everything else that is changed under this hold. None for no account."""
    return (
        Account.objects.select_for_update(of=("self",))
        .filter(id=account_id)
        .values_list("full_name", flat=True)
        .first()
    )
