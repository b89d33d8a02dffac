# SPDX-License-Identifier: Apache-2.0
from uuid import UUID

from allauth.account.auth_backends import AuthenticationBackend

from .models import Account

# Every column by name: a prepared "*" would fail in running servers once a migration adds one.
_COLUMNS = ", ".join(field.column for field in Account._meta.concrete_fields)  # noqa: SLF001
_LOAD_ACCOUNT = f"SELECT {_COLUMNS} FROM accounts_account WHERE id = %s"  # noqa: S608


class Backend(AuthenticationBackend):
    """allauth's, with the statement that loads the account written out: every page pays for it."""

    def get_user(self, user_id: UUID) -> Account | None:
        found = Account.objects.raw(_LOAD_ACCOUNT, [user_id])
        account = next(iter(found), None)
        return account if account is not None and self.user_can_authenticate(account) else None
