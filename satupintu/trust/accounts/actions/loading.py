# SPDX-License-Identifier: Apache-2.0
"""The statement that loads who is signed in. Every page pays for it, so it is written out."""

from functools import cache

from satupintu.trust.accounts.models import Account

_brought: dict[str, str] = {}


def load_with_account(name: str, subquery: str) -> None:
    """Let each account come with what `subquery` answers, as attribute `name` of `request.user`.

    For an app above that must know something of the person on every page, fresh, and for no
    statement of its own. Call it from `AppConfig.ready()` only. `subquery` answers one value and
    may name `accounts_account.id`.
    """
    _brought[name] = subquery
    write_load_statement.cache_clear()


@cache
def write_load_statement() -> str:
    # Every column by name: a prepared "*" would fail in running servers once a migration adds one.
    columns = [field.column for field in Account._meta.concrete_fields]  # noqa: SLF001
    columns += [f"({subquery}) AS {name}" for name, subquery in _brought.items()]
    return f"SELECT {', '.join(columns)} FROM accounts_account WHERE id = %s"  # noqa: S608
