# SPDX-License-Identifier: Apache-2.0
"""Second factors: codes of an authenticator app, and recovery codes on paper."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from allauth.mfa.models import Authenticator
from django.contrib.auth.hashers import check_password, make_password
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from satupintu.foundation import crypto
from satupintu.foundation.errors import Refusal
from satupintu.trust.accounts.models import Account, RecoveryCode
from satupintu.trust.accounts.rules import totp

RECOVERY_CODES = 8
SELECTOR = 3
RECOVERY_LENGTH = 16
# Whatever was pasted, no code is longer.
LONGEST_TYPED = 100


class FactorWrong(Refusal):
    code = "factor_wrong"
    message = _("That code is not right. Type the one that your app shows now.")


class RecoveryCodeWrong(Refusal):
    code = "recovery_code_wrong"
    message = _("That recovery code is not right, or it was used before.")


class AppKnownAlready(Refusal):
    code = "app_known_already"
    message = _("Your account has an authenticator app already.")


def name_route(typed: str) -> str:
    """Which way a typed code goes: the app's six digits, or a code from paper."""
    return "totp" if len(read_digits(typed)) <= totp.DIGITS and not _has_letters(typed) else "paper"


def _has_letters(typed: str) -> bool:
    return any(character.isalpha() for character in typed[:LONGEST_TYPED])


def read_digits(typed: str) -> str:
    return "".join(character for character in typed[:LONGEST_TYPED] if character.isdigit())


@dataclass(frozen=True)
class AppProof:
    """An authenticator app whose code was checked, and the step of that code."""

    secret: str
    step: int


def prove_app(*, secret: str, typed: str, at: datetime) -> AppProof:
    """That an app shows this secret's code now. Raises FactorWrong."""
    step = totp.find_step(secret, read_digits(typed), at=at)
    if step is None:
        raise FactorWrong
    return AppProof(secret=secret, step=step)


def store_app(*, account_id: UUID, secret: str, used_step: int, at: datetime) -> None:
    """Keep an authenticator app's secret, encrypted. `used_step` is that of the code which
    proved it, and will not count again."""
    _entry, made = Authenticator.objects.get_or_create(
        user_id=account_id,
        type=Authenticator.Type.TOTP,
        defaults={
            "data": {"secret": crypto.encrypt(secret), "used_step": used_step},
            "created_at": at,
        },
    )
    if not made:
        raise AppKnownAlready


@transaction.atomic
def use_app_code(*, account_id: UUID, typed: str, at: datetime) -> None:
    """Raises FactorWrong, also for a code that was used before (RFC 6238, 5.2)."""
    entry = (
        Authenticator.objects.select_for_update(of=("self",))
        .filter(user_id=account_id, type=Authenticator.Type.TOTP)
        .first()
    )
    if entry is None:
        raise FactorWrong
    step = totp.find_step(crypto.decrypt(entry.data["secret"]), read_digits(typed), at=at)
    if step is None or step <= entry.data.get("used_step", 0):
        raise FactorWrong
    entry.data["used_step"] = step
    entry.last_used_at = at
    entry.save(update_fields=["data", "last_used_at"])


@transaction.atomic
def make_recovery_codes(*, account_id: UUID, at: datetime) -> list[str]:
    """New codes; the old ones open nothing from now on. This is the only time they are seen."""
    # Two tabs make one set after the other, never two at once.
    Account.objects.select_for_update(of=("self",)).get(id=account_id)
    RecoveryCode.objects.filter(account_id=account_id).delete()
    codes: dict[str, str] = {}
    while len(codes) < RECOVERY_CODES:
        code = crypto.new_code(length=RECOVERY_LENGTH)
        codes.setdefault(code[:SELECTOR], code)
    RecoveryCode.objects.bulk_create(
        RecoveryCode(
            account_id=account_id,
            selector=selector,
            secret_hash=make_password(code[SELECTOR:]),
            made_at=at,
        )
        for selector, code in codes.items()
    )
    return list(codes.values())


def group_code(code: str) -> str:
    """As it is written on paper: K7PM-2XRD-94QT-Z0AB."""
    return "-".join(code[i : i + 4] for i in range(0, len(code), 4))


def use_recovery_code(*, account_id: UUID, typed: str, at: datetime) -> None:
    """Raises RecoveryCodeWrong. A code counts once, from however many tabs."""
    code = crypto.normalize_code(typed[:LONGEST_TYPED])
    row = RecoveryCode.objects.filter(
        account_id=account_id, selector=code[:SELECTOR], used_at__isnull=True
    ).first()
    if row is None:
        # As much work as a hit, so that time does not tell which selectors exist.
        make_password(code[:RECOVERY_LENGTH])
        raise RecoveryCodeWrong
    if len(code) != RECOVERY_LENGTH or not check_password(code[SELECTOR:], row.secret_hash):
        raise RecoveryCodeWrong
    used = RecoveryCode.objects.filter(
        account_id=account_id, id=row.id, used_at__isnull=True
    ).update(used_at=at)
    if not used:
        raise RecoveryCodeWrong
