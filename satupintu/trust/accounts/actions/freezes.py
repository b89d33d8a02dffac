# SPDX-License-Identifier: Apache-2.0
"""A frozen account lets nobody in, and gives nobody anything, until it was given back.

Unlike a pause it has no end of its own. What agencies pay and deliver is never touched (safety
rule 11). Who may freeze, and who gives back, is for the app above that keeps cases.
"""

from datetime import datetime
from uuid import UUID

from allauth.mfa.models import Authenticator
from django.contrib.auth.hashers import UNUSABLE_PASSWORD_PREFIX
from django.db import IntegrityError, transaction
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from satupintu.foundation.errors import Refusal
from satupintu.trust.accounts.endings import end_rows
from satupintu.trust.accounts.models import Account, AccountSession, Activity, RecoveryCode
from satupintu.trust.accounts.queries import FROZEN_VIEW, Origin

from .activity import record_activity
from .change import list_personal_words
from .email_codes import CodeExpired, Pending, is_fresh, open_pending
from .mails import queue_code
from .passwords import hash_new_password
from .sign_up import AccountExists
from .suspend import UnknownAccount
from .throttles import may_mail


class NotFrozen(Refusal):
    code = "not_frozen"
    message = _("This account is not frozen, or not any more.")
    status = 409


def hold_account(*, account_id: UUID) -> datetime | None:
    """Hold the account until the caller's transaction ends; since when it is frozen. Raises
    UnknownAccount."""
    row = (
        Account.objects.select_for_update(of=("self",))
        .filter(id=account_id)
        .values_list("frozen_at")
        .first()
    )
    if row is None:
        raise UnknownAccount
    frozen_at: datetime | None = row[0]
    return frozen_at


@transaction.atomic
def freeze_account(*, account_id: UUID, origin: Origin, at: datetime) -> bool:
    """End every session, with all that agencies hold in their name, and let nobody in.

    Whether it was frozen now; a second time changes nothing. Whoever signs in or changes a guard
    holds the same row: it comes before, and its session ends here, or after, and is refused.
    Raises UnknownAccount.
    """
    if hold_account(account_id=account_id) is not None:
        return False
    Account.objects.filter(id=account_id).update(frozen_at=at)
    end_rows(AccountSession.objects.filter(account_id=account_id), is_sign_out=False, at=at)
    record_activity(account_id=account_id, kind=Activity.Kind.FROZEN, origin=origin, at=at)
    return True


def give_frozen_view(*, request: HttpRequest, account_id: UUID, at: datetime) -> None:
    """Let this browser see how things stand with a frozen account, after all its proofs were
    given. It is no session: nobody is signed in, and nothing can be changed with it."""
    request.session.flush()
    request.session[FROZEN_VIEW] = {"account_id": str(account_id), "at": at.timestamp()}


@transaction.atomic
def drop_guards(*, account_id: UUID, at: datetime) -> None:
    """Password, passkeys, authenticator app and recovery codes of a frozen account open nothing
    ever again: whoever took it may hold any of them. Raises NotFrozen or UnknownAccount."""
    if hold_account(account_id=account_id) is None:
        raise NotFrozen
    Account.objects.filter(id=account_id).update(password=UNUSABLE_PASSWORD_PREFIX)
    Authenticator.objects.filter(user_id=account_id).delete()
    RecoveryCode.objects.filter(account_id=account_id).delete()
    record_activity(
        account_id=account_id, kind=Activity.Kind.GUARDS_DROPPED, origin=Origin(), at=at
    )


@transaction.atomic
def start_renewal(*, email: str, language: str, origin: Origin, at: datetime) -> Pending:
    """Mail a code to the address that somebody names whose identity was just made sure of."""
    pending, digits = open_pending(purpose="renew", email=email.strip().lower(), at=at)
    if may_mail(purpose="renew", email=pending.email, origin=origin, at=at):
        queue_code(to=pending.email, digits=digits, purpose="renew", language=language)
    return pending


@transaction.atomic
def renew_guards(
    *, account_id: UUID, pending: Pending, typed: str, origin: Origin, at: datetime
) -> Account:
    """A new address and password for a frozen account whose guards were dropped; from now on one
    signs in to it again, with this password alone and so at AL1. Links stay as they are.

    The former mailbox hears nothing: it may be the thief's (safety rule 12). Raises NotFrozen,
    CodeExpired where the address was not confirmed lately, AccountExists where it belongs to
    another account, or what `hash_new_password` raises; nothing is changed then.
    """
    if pending.confirmed_at is None or not is_fresh(pending, at=at):
        raise CodeExpired
    if hold_account(account_id=account_id) is None:
        raise NotFrozen
    account = Account.objects.get(id=account_id)
    if account.has_usable_password() or Authenticator.objects.filter(user_id=account_id).exists():
        raise NotFrozen
    account.password = hash_new_password(
        typed=typed,
        with_second_factor=False,
        personal=list_personal_words(email=pending.email, full_name=account.full_name),
        at=at,
    )
    account.email, account.frozen_at = pending.email, None
    try:
        with transaction.atomic():
            account.save(update_fields=["password", "email", "frozen_at"])
    except IntegrityError as error:
        raise AccountExists from error
    record_activity(account_id=account_id, kind=Activity.Kind.THAWED, origin=origin, at=at)
    return account
