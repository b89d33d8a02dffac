# SPDX-License-Identifier: Apache-2.0
"""A new password for somebody who forgot hers (safety rule 4).

The code by e-mail is one proof. Where the account has a second factor, its code or a recovery
code is the other: whoever holds the mailbox alone changes nothing. Neither signs in.
"""

from datetime import datetime, timedelta

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from satupintu.foundation.errors import Refusal
from satupintu.foundation.throttle import actions as throttle
from satupintu.trust.accounts.endings import end_rows
from satupintu.trust.accounts.models import Account, AccountSession, Activity
from satupintu.trust.accounts.queries import Origin, get_guards

from .activity import record_guard_change
from .change import list_personal_words
from .email_codes import CodeExpired, Pending, blind, open_pending
from .freezes import hold_account
from .mails import queue_code, queue_no_account
from .passwords import hash_new_password
from .pauses import AccountFrozen
from .sign_in import check_second_factor
from .throttles import may_mail


class SecondProofMissing(Refusal):
    code = "second_proof_missing"
    message = _("Type a code from your authenticator app, or a recovery code.")


@transaction.atomic
def start_recovery(*, email: str, language: str, origin: Origin, at: datetime) -> Pending:
    """Mail a code, or, where there is no account, mail that. The page shows the same."""
    pending, digits = open_pending(purpose="reset", email=email, at=at)
    has_account = Account.objects.filter(email=email, is_active=True).exists()
    if not has_account:
        pending = blind(pending)
    if may_mail(purpose="reset", email=email, origin=origin, at=at):
        if has_account:
            queue_code(to=email, digits=digits, purpose="reset", language=language)
        else:
            queue_no_account(to=email, language=language)
    else:
        # Fresh digits that nobody was sent would be one more code to guess at.
        pending = blind(pending)
    return pending


def get_recovering_account(*, pending: Pending) -> Account | None:
    """Whose address was confirmed by its code."""
    if pending.confirmed_at is None:
        return None
    return Account.objects.filter(email=pending.email, is_active=True).first()


def reset_password(
    *, account: Account, pending: Pending, typed: str, second: str, origin: Origin, at: datetime
) -> None:
    """Choose a password after the address was confirmed; every session ends, none begins.

    Raises what `hash_new_password` and `check_second_factor` raise, SecondProofMissing, or
    CodeExpired where this confirmation chose a password before. The password is checked first,
    so that a recovery code is not used up by a short password.
    """
    needs_second = get_guards(account_id=account.pk).has_second_factor
    password = hash_new_password(
        typed=typed,
        with_second_factor=needs_second,
        personal=list_personal_words(email=account.email, full_name=account.full_name),
        at=at,
    )
    if needs_second and not second.strip():
        raise SecondProofMissing
    if needs_second:
        check_second_factor(account=account, typed=second, origin=origin, at=at)
    with transaction.atomic():
        if hold_account(account_id=account.pk) is not None:
            raise AccountFrozen
        # In the database and not in the session, where a slower tab could write it back.
        done = throttle.count_attempt(
            scope="accounts.reset_done", key=pending.id, window=timedelta(days=1), at=at
        )
        if done.count > 1:
            raise CodeExpired
        Account.objects.filter(id=account.pk).update(password=password)
        rows = AccountSession.objects.filter(account_id=account.pk)
        end_rows(rows, is_sign_out=False, at=at, why="password")
        record_guard_change(
            account_id=account.pk,
            kind=Activity.Kind.PASSWORD_RESET,
            address=account.email,
            origin=origin,
            at=at,
        )
