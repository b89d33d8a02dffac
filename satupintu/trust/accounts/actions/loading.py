# SPDX-License-Identifier: Apache-2.0
"""The statement that loads who is signed in. Every page pays for it, so it is written out."""

from functools import cache
from uuid import UUID

from satupintu.foundation.database.rows import fetch_row, list_columns
from satupintu.trust.accounts.models import Account

_brought: dict[str, str] = {}


def load_with_account(name: str, subquery: str) -> None:
    """Let each account come with what `subquery` answers, as attribute `name` of `request.user`.

    For an app above that must know something of the person on every page, fresh, and for no
    statement of its own. Call it from `AppConfig.ready()` only. `subquery` answers one value and
    may name `accounts_account.id`.
    """
    _brought[name] = subquery
    _write_load_statement.cache_clear()


def load_account(*, account_id: UUID) -> Account | None:
    """The account, with all that was asked to come with it."""
    return fetch_row(Account, _write_load_statement(), [account_id], brought=tuple(_brought))


@cache
def _write_load_statement() -> str:
    columns = [*list_columns(Account), *(f"({subquery})" for subquery in _brought.values())]
    return f"SELECT {', '.join(columns)} FROM accounts_account WHERE id = %s"  # noqa: S608
