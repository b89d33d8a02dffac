# SPDX-License-Identifier: Apache-2.0
from uuid import UUID

from allauth.account.auth_backends import AuthenticationBackend

from .actions.loading import write_load_statement
from .models import Account


class Backend(AuthenticationBackend):
    """allauth's, with the statement that loads the account written out: every page pays for it."""

    def get_user(self, user_id: UUID) -> Account | None:
        found = Account.objects.raw(write_load_statement(), [user_id])
        account = next(iter(found), None)
        return account if account is not None and self.user_can_authenticate(account) else None
