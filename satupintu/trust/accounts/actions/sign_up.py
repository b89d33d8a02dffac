# SPDX-License-Identifier: Apache-2.0
"""Make an account: whole, or not at all.

Until the last step nothing is stored but the visitor's own session. So nobody can occupy an
address that is not hers, and no account stands half guarded.
"""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.contrib.auth.hashers import UNUSABLE_PASSWORD_PREFIX
from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from satupintu.foundation.errors import Refusal
from satupintu.trust.accounts.models import Account, Activity
from satupintu.trust.accounts.queries import Origin

from . import factors, passkeys
from .activity import record_activity
from .email_codes import Pending, blind, open_pending
from .mails import queue_account_exists, queue_code
from .throttles import may_mail


class AccountExists(Refusal):
    code = "account_exists"
    message = _("There is an account with this address already. Sign in with it.")


@transaction.atomic
def start_sign_up(
    *, email: str, language: str, origin: Origin, at: datetime, purpose: str = "signup"
) -> Pending:
    """Mail a code to a would-be owner of an address. Where it has an account, its owner is told
    so instead, and no code fits: the page shows the same either way, after the same work."""
    pending, digits = open_pending(purpose=purpose, email=email, at=at)
    taken = Account.objects.filter(email=email).exists()
    if taken:
        pending = blind(pending)
    if may_mail(purpose=purpose, email=email, origin=origin, at=at):
        if taken:
            queue_account_exists(to=email, language=language)
        else:
            queue_code(to=email, digits=digits, purpose=purpose, language=language)
    else:
        # Fresh digits that nobody was sent would be one more code to guess at.
        pending = blind(pending)
    return pending


@transaction.atomic
def make_account(
    *,
    account_id: UUID,
    email: str,
    full_name: str,
    language: str,
    password_hash: str,
    app: factors.AppProof | None,
    passkey: dict[str, Any] | None,
    passkey_name: str,
    origin: Origin,
    at: datetime,
) -> Account:
    """An account with all that guards it, in one transaction.

    The caller has confirmed the address by its code and checked each factor. Raises
    AccountExists where the address was taken meanwhile, or this very sign-up was finished by
    another press of the button; nothing is stored then.
    """
    try:
        with transaction.atomic():
            account = Account.objects.create(
                id=account_id,
                email=email,
                full_name=full_name,
                language=language,
                password=password_hash or UNUSABLE_PASSWORD_PREFIX,
                joined_at=at,
            )
    except IntegrityError as error:
        raise AccountExists from error
    if app is not None:
        factors.store_app(account_id=account.pk, secret=app.secret, used_step=app.step, at=at)
    if passkey is not None:
        passkeys.store_passkey(account_id=account.pk, name=passkey_name, credential=passkey, at=at)
    record_activity(account_id=account.pk, kind=Activity.Kind.ACCOUNT_MADE, origin=origin, at=at)
    return account
