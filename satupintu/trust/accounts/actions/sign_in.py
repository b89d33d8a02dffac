# SPDX-License-Identifier: Apache-2.0
"""Signing in, proving more, signing out.

These actions take the request, because a session is the browser's: they change its key.
"""

import hmac
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import UUID

from django.conf import settings
from django.contrib import auth
from django.db import transaction
from django.http import HttpRequest
from django.middleware.csrf import rotate_token
from django.utils.translation import gettext_lazy as _
from procrastinate.contrib.django import app as jobs

from satupintu.foundation.crypto import encrypt
from satupintu.foundation.errors import Refusal
from satupintu.trust.accounts.models import Account, Activity
from satupintu.trust.accounts.queries import Origin
from satupintu.trust.rulebook import queries as rulebook

from . import factors
from .activity import record_activity, record_guard_change
from .passwords import is_password_right
from .pauses import refuse_while_paused
from .throttles import RouteClosed, count_try, forget_tries

# Who typed the right password and has yet to show a second factor.
WAITING = "accounts.waiting"
# What somebody typed when her session was over (access.py): sealed for her, it waits for her.
TYPED = "accounts.typed"


class PasswordRouteClosed(RouteClosed):
    code = "password_route_closed"
    message = _(
        "Too many tries with a password. Wait at least a quarter of an hour. A passkey still "
        "works, and so does a device on which you signed in before."
    )


class AppRouteClosed(RouteClosed):
    code = "app_route_closed"
    message = _(
        "Too many wrong codes. Wait at least a quarter of an hour, or use a recovery code or a "
        "passkey."
    )


class PaperRouteClosed(RouteClosed):
    code = "paper_route_closed"
    message = _(
        "Too many wrong recovery codes. Wait at least a quarter of an hour, or use your "
        "authenticator app or a passkey."
    )


class SignInRefused(Refusal):
    code = "sign_in_refused"
    message = _("E-mail address or password is not right.")


class PasswordWrong(SignInRefused):
    code = "password_wrong"
    message = _("That password is not right.")


@dataclass(frozen=True)
class Proof:
    """One factor that was checked in this request."""

    method: str
    key: str = ""


def check_password_of(*, email: str, typed: str, origin: Origin, at: datetime) -> Account:
    """The account whose password this is. Raises SignInRefused or PasswordRouteClosed.

    For an address without an account the same is done, counted and written down, and the same
    words come back.
    """
    email = email.strip().lower()
    count_try(route="password", email=email, origin=origin, at=at, closed=PasswordRouteClosed)
    account = Account.objects.filter(email=email).first()
    if not is_password_right(account=account, typed=typed) or account is None:
        queue_failure(email=email, origin=origin, at=at)
        raise SignInRefused
    forget_tries(route="password", email=email, origin=origin)
    return account


def check_second_factor(*, account: Account, typed: str, origin: Origin, at: datetime) -> Proof:
    """An app's code or a recovery code. Raises FactorWrong, RecoveryCodeWrong, or the closed
    route of the one that was tried."""
    route = factors.name_route(typed)
    closed = AppRouteClosed if route == "totp" else PaperRouteClosed
    count_try(route=route, email=account.email, origin=origin, at=at, closed=closed)
    try:
        if route == "totp":
            factors.use_app_code(account_id=account.pk, typed=typed, at=at)
            proof = Proof("totp")
        else:
            with transaction.atomic():
                factors.use_recovery_code(account_id=account.pk, typed=typed, at=at)
                record_guard_change(
                    account_id=account.pk,
                    kind=Activity.Kind.CODE_USED,
                    address=account.email,
                    origin=origin,
                    at=at,
                )
            proof = Proof("recovery_code")
    except (factors.FactorWrong, factors.RecoveryCodeWrong):
        queue_failure(email=account.email, origin=origin, at=at)
        raise
    forget_tries(route=route, email=account.email, origin=origin)
    return proof


def queue_failure(*, email: str, origin: Origin, at: datetime) -> None:
    sealed = encrypt(
        json.dumps(
            {
                "email": email,
                "device": origin.device,
                "network": origin.network,
                "at": at.isoformat(),
            }
        )
    )
    jobs.configure_task("satupintu.trust.accounts.tasks.record_failed_sign_in").defer(sealed=sealed)


def record_failure(*, email: str, device: str, network: str, at: datetime) -> None:
    """Nothing where no account has this address."""
    account_id = Account.objects.filter(email=email).values_list("id", flat=True).first()
    if account_id is not None:
        record_activity(
            account_id=account_id,
            kind=Activity.Kind.SIGN_IN_FAILED,
            origin=Origin(device=device, network=network),
            at=at,
        )


def wait_for_second_factor(*, request: HttpRequest, account: Account, at: datetime) -> None:
    """Remember, in this browser, that the password was right. It opens nothing yet.

    The session gets a new key: one that was planted before does not see the second factor.
    """
    request.session.cycle_key()
    request.session[WAITING] = {
        "account_id": str(account.pk),
        "at": at.timestamp(),
        "password": account.get_session_auth_hash(),
    }


def get_waiting_account(*, request: HttpRequest, at: datetime) -> Account | None:
    """Whose password was typed right here a short while ago, and is hers still."""
    waiting = request.session.get(WAITING)
    if not waiting:
        return None
    since = datetime.fromtimestamp(waiting["at"], tz=UTC)
    if at - since >= rulebook.get_duration("accounts.signin_pending", at=at):
        return None
    account = Account.objects.filter(id=UUID(waiting["account_id"]), is_active=True).first()
    if account is None or not hmac.compare_digest(
        account.get_session_auth_hash(), waiting.get("password", "")
    ):
        return None
    return account


@transaction.atomic
def open_session(
    *,
    request: HttpRequest,
    account: Account,
    proofs: Sequence[Proof],
    origin: Origin,
    at: datetime,
) -> int:
    """Sign this browser in and answer its level. The session gets a new key, so one that was
    planted before opens nothing. Raises AccountPaused, to somebody who has proved who she is."""
    refuse_while_paused(account_id=account.pk, at=at)
    auth.login(request, account, backend=settings.AUTHENTICATION_BACKENDS[0])
    session = request.session
    for key in [name for name, _value in session.items() if name.startswith("accounts.")]:
        if key != TYPED:
            del session[key]
    session.save()
    level = 1
    for proof in proofs:
        level = session.record_authentication(method=proof.method, at=at, key=proof.key)  # type: ignore[attr-defined]
    session.describe(device=origin.device, network=origin.network, at=at)  # type: ignore[attr-defined]
    record_activity(
        account_id=account.pk,
        kind=Activity.Kind.SIGNED_IN,
        origin=origin,
        at=at,
        session_id=session.row.id,  # type: ignore[attr-defined]
    )
    return level


@transaction.atomic
def strengthen_session(
    *,
    request: HttpRequest,
    proofs: Sequence[Proof],
    origin: Origin,
    at: datetime,
    is_recorded: bool = True,
) -> int:
    """More proof in a session that runs. Its key changes with its level.

    `is_recorded=False` where the person's list says it already: she has just added that factor.
    """
    session = request.session
    level = 1
    for proof in proofs:
        level = session.record_authentication(method=proof.method, at=at, key=proof.key)  # type: ignore[attr-defined]
    session.cycle_key()
    rotate_token(request)
    if is_recorded:
        record_activity(
            account_id=session.row.account_id,  # type: ignore[attr-defined]
            kind=Activity.Kind.CONFIRMED,
            origin=origin,
            at=at,
            session_id=session.row.id,  # type: ignore[attr-defined]
        )
    return level


@transaction.atomic
def close_session(*, request: HttpRequest, origin: Origin, at: datetime) -> None:
    """Sign this browser out. Twice is as good as once."""
    account = request.user
    if isinstance(account, Account):
        record_activity(
            account_id=account.id,
            kind=Activity.Kind.SIGNED_OUT,
            origin=origin,
            at=at,
            session_id=request.session.row.id,  # type: ignore[attr-defined]
        )
    auth.logout(request)
