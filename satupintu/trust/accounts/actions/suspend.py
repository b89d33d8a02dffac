# SPDX-License-Identifier: Apache-2.0
"""Stop an account, and give it back. Who may do so, and with what reason, is for callers."""

from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from satupintu.foundation.errors import Refusal
from satupintu.trust.accounts.endings import end_rows
from satupintu.trust.accounts.models import Account, AccountSession


class UnknownAccount(Refusal):
    code = "unknown_account"
    message = _("There is no account like that.")
    status = 404


def find_account(*, email: str) -> UUID:
    """The account of an address. Raises UnknownAccount. For staff: no person is told so."""
    found = Account.objects.filter(email=email.lower()).values_list("id", flat=True).first()
    if found is None:
        raise UnknownAccount
    return found


@transaction.atomic
def suspend_account(*, account_id: UUID, at: datetime) -> None:
    """Nobody signs in to it, its sessions end, and with them every code and token that agencies
    hold in their name. Links, payments and letters stay as they are. Raises UnknownAccount."""
    account = Account.objects.select_for_update(of=("self",)).filter(id=account_id).first()
    if account is None:
        raise UnknownAccount
    account.is_active = False
    account.save(update_fields=["is_active"])
    end_rows(
        AccountSession.objects.filter(account_id=account_id),
        is_sign_out=False,
        at=at,
        why="suspended",
    )


def restore_account(*, account_id: UUID) -> None:
    """Sign-in is open again; sessions that ended stay ended."""
    Account.objects.filter(id=account_id).update(is_active=True)
