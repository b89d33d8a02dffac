# SPDX-License-Identifier: Apache-2.0
from uuid import UUID

from allauth.account.auth_backends import AuthenticationBackend

from .actions.loading import load_account
from .models import Account


class Backend(AuthenticationBackend):
    """allauth's, with the statement that loads the account written out: every page pays for it."""

    def get_user(self, user_id: UUID) -> Account | None:
        account = load_account(account_id=user_id)
        return account if account is not None and self.user_can_authenticate(account) else None
