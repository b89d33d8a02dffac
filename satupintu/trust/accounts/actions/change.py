# SPDX-License-Identifier: Apache-2.0
"""Change what guards an account. The pages ask for fresh proof before they call these.

Each change is written down, and the mailbox that guarded the account before hears of it.
"""

from datetime import datetime
from typing import Any
from uuid import UUID

from allauth.mfa.models import Authenticator
from django.conf import settings
from django.contrib.auth.hashers import UNUSABLE_PASSWORD_PREFIX
from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from satupintu.foundation.errors import Refusal
from satupintu.trust.accounts.endings import end_rows
from satupintu.trust.accounts.models import Account, AccountSession, Activity
from satupintu.trust.accounts.queries import Guards, Origin, get_guards
from satupintu.trust.accounts.rules import names

from . import factors, passkeys
from .activity import record_activity, record_guard_change
from .naming import Renaming, ask_name_guards
from .passwords import hash_new_password
from .pauses import refuse_while_paused
from .sign_up import AccountExists


class LastGuard(Refusal):
    code = "last_guard"
    message = _(
        "You cannot remove this: it is the last thing that lets you in with two proofs. "
        "Add another one first."
    )


class NameRefused(Refusal):
    code = "name_refused"
    message = _("Write your name in letters, without pictures or special marks.")


class NameTooLong(Refusal):
    code = "name_too_long"
    message = _("Shorten your name to 200 characters.")


def clean_name(typed: str) -> str:
    """Raises NameTooLong or NameRefused."""
    name = names.normalize_name(typed[: 10 * names.LONGEST])
    fault = names.find_fault(name)
    if fault == "too_long":
        raise NameTooLong
    if fault == "not_a_name":
        raise NameRefused
    return name


def _lock(account_id: UUID, *, at: datetime) -> Account:
    """Hold the account while something of it changes. Raises AccountPaused: a page that was
    opened before the pause changes nothing after it (safety rule 11)."""
    refuse_while_paused(account_id=account_id, at=at)
    return Account.objects.select_for_update(of=("self",)).get(id=account_id)


def _announce(
    account: Account,
    kind: Activity.Kind,
    origin: Origin,
    session_id: UUID | None,
    at: datetime,
    address: str = "",
) -> None:
    record_guard_change(
        account_id=account.pk,
        kind=kind,
        address=address or account.email,
        origin=origin,
        at=at,
        session_id=session_id,
    )


@transaction.atomic
def change_password(
    *, account_id: UUID, typed: str, origin: Origin, session_id: UUID | None, at: datetime
) -> Account:
    """Choose a password; all other sessions end. Answers the account as it is now, whose
    session hash the caller's own session needs."""
    account = _lock(account_id, at=at)
    guards = get_guards(account_id=account_id)
    account.password = hash_new_password(
        typed=typed,
        with_second_factor=guards.has_second_factor,
        personal=list_personal_words(email=account.email, full_name=account.full_name),
        at=at,
    )
    account.save(update_fields=["password"])
    others = AccountSession.objects.filter(account_id=account_id)
    if session_id:
        others = others.exclude(id=session_id)
    end_rows(others, is_sign_out=False, at=at, why="password")
    _announce(account, Activity.Kind.PASSWORD_CHANGED, origin, session_id, at)
    return account


def list_personal_words(*, email: str, full_name: str) -> tuple[str, ...]:
    return (email, email.partition("@")[0], full_name)


@transaction.atomic
def remove_password(
    *, account_id: UUID, origin: Origin, session_id: UUID | None, at: datetime
) -> Account:
    """Only passkeys from now on. Raises LastGuard where there is none."""
    account = _lock(account_id, at=at)
    if not get_guards(account_id=account_id).passkeys:
        raise LastGuard
    account.password = UNUSABLE_PASSWORD_PREFIX
    account.save(update_fields=["password"])
    _announce(account, Activity.Kind.PASSWORD_REMOVED, origin, session_id, at)
    return account


@transaction.atomic
def add_app(
    *,
    account_id: UUID,
    proof: factors.AppProof,
    origin: Origin,
    session_id: UUID | None,
    at: datetime,
) -> None:
    account = _lock(account_id, at=at)
    factors.store_app(account_id=account_id, secret=proof.secret, used_step=proof.step, at=at)
    _announce(account, Activity.Kind.APP_ADDED, origin, session_id, at)


@transaction.atomic
def remove_app(*, account_id: UUID, origin: Origin, session_id: UUID | None, at: datetime) -> None:
    """Raises LastGuard where no passkey remains. Gone already is as good as gone."""
    account = _lock(account_id, at=at)
    guards = get_guards(account_id=account_id)
    if not guards.has_app:
        return
    if not guards.passkeys:
        raise LastGuard
    Authenticator.objects.filter(user_id=account_id, type=Authenticator.Type.TOTP).delete()
    _announce(account, Activity.Kind.APP_REMOVED, origin, session_id, at)


@transaction.atomic
def add_passkey(
    *,
    account_id: UUID,
    credential: dict[str, Any],
    name: str,
    origin: Origin,
    session_id: UUID | None,
    at: datetime,
) -> None:
    account = _lock(account_id, at=at)
    passkeys.store_passkey(account_id=account_id, name=name, credential=credential, at=at)
    _announce(account, Activity.Kind.PASSKEY_ADDED, origin, session_id, at)


@transaction.atomic
def remove_passkey(
    *, account_id: UUID, passkey_id: int, origin: Origin, session_id: UUID | None, at: datetime
) -> None:
    """Raises LastGuard where AL2, or sign-in at all, would be out of reach afterwards."""
    account = _lock(account_id, at=at)
    guards = get_guards(account_id=account_id)
    if passkey_id not in {passkey.id for passkey in guards.passkeys}:
        return
    if len(guards.passkeys) == 1 and not _can_do_without_passkeys(guards):
        raise LastGuard
    Authenticator.objects.filter(
        user_id=account_id, id=passkey_id, type=Authenticator.Type.WEBAUTHN
    ).delete()
    _announce(account, Activity.Kind.PASSKEY_REMOVED, origin, session_id, at)


def _can_do_without_passkeys(guards: Guards) -> bool:
    return guards.has_password and guards.has_app


@transaction.atomic
def renew_recovery_codes(
    *,
    account_id: UUID,
    origin: Origin,
    session_id: UUID | None,
    at: datetime,
    announced: bool = True,
) -> list[str]:
    """New codes, seen only now. Nobody is told of the first ones (`announced=False`): they come
    with the sign-up or the factor that is told of."""
    account = _lock(account_id, at=at)
    codes = factors.make_recovery_codes(account_id=account_id, at=at)
    if announced:
        _announce(account, Activity.Kind.CODES_MADE, origin, session_id, at)
    return codes


@transaction.atomic
def change_email(
    *, account_id: UUID, email: str, origin: Origin, session_id: UUID | None, at: datetime
) -> None:
    """The caller has confirmed the new address by its code. The old one is told, and never sees
    the new one (safety rule 12). Raises AccountExists where it was taken meanwhile."""
    account = _lock(account_id, at=at)
    old = account.email
    if old == email:
        return
    account.email = email
    try:
        with transaction.atomic():
            account.save(update_fields=["email"])
    except IntegrityError as error:
        raise AccountExists from error
    _announce(account, Activity.Kind.EMAIL_CHANGED, origin, session_id, at, address=old)


@transaction.atomic
def change_name(
    *, account_id: UUID, typed: str, origin: Origin, session_id: UUID | None, at: datetime
) -> None:
    """Raises NameTooLong or NameRefused, or what a guard of the name refuses with."""
    name = clean_name(typed)
    account = _lock(account_id, at=at)
    if account.full_name == name:
        return
    ask_name_guards(Renaming(account_id=account_id, old=account.full_name, new=name, at=at))
    account.full_name = name
    account.save(update_fields=["full_name"])
    record_activity(
        account_id=account_id,
        kind=Activity.Kind.NAME_CHANGED,
        origin=origin,
        at=at,
        session_id=session_id,
    )


def choose_language(*, account_id: UUID, language: str) -> None:
    """In which language pages and mails speak to this person; an unknown one changes nothing."""
    if language in dict(settings.LANGUAGES):
        Account.objects.filter(id=account_id).update(language=language)
