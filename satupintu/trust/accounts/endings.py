# SPDX-License-Identifier: Apache-2.0
"""A session's end, and those who must know of it before it is true.

What apps above gave away in a session's name (tokens, sign-ins at agencies) ends in the same
transaction as the row: a session that is over opens nothing, not even for a moment.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet


@dataclass(frozen=True)
class Ended:
    """Sessions of one person that end now."""

    account_id: UUID
    session_ids: tuple[UUID, ...]
    # The person signed this very browser out. Otherwise somebody ended it from outside: on
    # another device, after "it was not me", by a new password.
    is_sign_out: bool
    at: datetime


Listener = Callable[[Ended], None]

_listeners: dict[str, Listener] = {}


def register_ending_listener(name: str, listener: Listener) -> None:
    """Call `listener` inside the transaction that ends a session; from `AppConfig.ready()` only."""
    if _listeners.setdefault(name, listener) is not listener:
        raise ValueError(f"{name} hears of endings already")


@transaction.atomic
def end_rows(
    rows: QuerySet[Any], *, is_sign_out: bool, at: datetime, why: str = "elsewhere"
) -> int:
    """Delete sessions and tell the listeners; answers how many there were.

    Of two that end the same session at once, one finds it and the other finds nothing. `why`
    (`EndedSession.Why`) is kept for the browsers that were signed in by them; who signs out
    knows why.
    """
    found = list(
        rows.select_for_update(of=("self",)).values_list("session_key", "account_id", "id")
    )
    if not found:
        return 0
    rows.model.objects.filter(session_key__in=[key for key, _account, _id in found]).delete()
    if not is_sign_out:
        write_down_endings(
            [(key, account_id) for key, account_id, _id in found if account_id], why=why, at=at
        )
    by_account: dict[UUID, list[UUID]] = {}
    for _key, account_id, session_id in found:
        if account_id is not None:
            by_account.setdefault(account_id, []).append(session_id)
    for account_id, session_ids in by_account.items():
        ended = Ended(
            account_id=account_id, session_ids=tuple(session_ids), is_sign_out=is_sign_out, at=at
        )
        for listener in _listeners.values():
            listener(ended)
    return len(found)


def write_down_endings(found: Iterable[tuple[str, UUID]], *, why: str, at: datetime) -> None:
    """For each (hash of the key, account): why it is over."""
    from .models import EndedSession  # noqa: PLC0415 - models need this app to be there

    EndedSession.objects.bulk_create(
        [
            EndedSession(session_key=key, account_id=account_id, why=why, ended_at=at)
            for key, account_id in found
        ],
        ignore_conflicts=True,
    )
