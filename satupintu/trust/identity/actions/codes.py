# SPDX-License-Identifier: Apache-2.0
"""The code that a person shows to somebody who stands before her: made, opened, used once."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db import connection, transaction
from django.utils.translation import gettext_lazy as _

from satupintu.foundation import crypto
from satupintu.foundation.errors import Refusal
from satupintu.foundation.throttle import actions as throttle
from satupintu.trust.accounts import queries as accounts
from satupintu.trust.identity.models import ProofCode
from satupintu.trust.identity.rules import spell_name
from satupintu.trust.rulebook import queries as rulebook

# 40 bits, for minutes, behind a counter of tries.
LENGTH = 8
LONGEST_TYPED = 40
HOUR = timedelta(hours=1)


class NameMissing(Refusal):
    code = "name_missing"
    message = _("Your account has no name yet. Write it first, as it stands on your papers.")


class TooManyCodes(Refusal):
    code = "too_many_codes"
    message = _("You asked for many codes in a short time. Wait an hour, then ask again.")
    status = 429


class CodeUnknown(Refusal):
    """Wrong, over, used, and opened by somebody else look the same."""

    code = "proof_code_unknown"
    message = _(
        "This code does not fit, or its time is over. Compare it letter by letter, or ask the "
        "person for a new one."
    )


class CodeTriesUsedUp(Refusal):
    code = "proof_code_tries_used_up"
    message = _("Too many wrong codes. Wait an hour; a colleague can go on meanwhile.")
    status = 429


class NameChanged(Refusal):
    code = "name_changed_meanwhile"
    message = _(
        "The name of this account has changed meanwhile. Ask for a new code and begin again."
    )
    status = 409


@dataclass(frozen=True)
class ShownCode:
    """For the person's own screen; kept nowhere in clear."""

    code: str
    expires_at: datetime


@dataclass(frozen=True)
class Opened:
    """Whose code it is, and the name that is shown to whoever opened it."""

    account_id: UUID
    full_name: str


def make_code(*, account_id: UUID, purpose: ProofCode.Purpose, at: datetime) -> ShownCode:
    """A new code, in the place of the one before. Raises NameMissing or TooManyCodes."""
    contact = accounts.get_contact(account_id=account_id)
    if contact is None or not contact.full_name:
        raise NameMissing
    asked = throttle.count_attempt(
        scope="identity.codes", key=f"{account_id}\x00{purpose}", window=HOUR, at=at
    )
    if asked.count > rulebook.get_integer("identity.codes_an_hour", at=at):
        raise TooManyCodes
    code = crypto.new_code(length=LENGTH)
    expires_at = at + rulebook.get_duration("identity.code_lifetime", at=at)
    # One statement, so that two tabs at once leave one code.
    with connection.cursor() as cursor:
        cursor.execute(
            """
            INSERT INTO identity_proof_code
                (code_hash, account_id, purpose, made_at, expires_at, opened_name_hash)
            VALUES (%s, %s, %s, %s, %s, '')
            ON CONFLICT (account_id, purpose) DO UPDATE SET
                code_hash = EXCLUDED.code_hash, made_at = EXCLUDED.made_at,
                expires_at = EXCLUDED.expires_at, opened_name_hash = '',
                opened_by = NULL, used_at = NULL
            """,
            [hash_code(code), account_id, purpose, at, expires_at],
        )
    return ShownCode(code=f"{code[:4]} {code[4:]}", expires_at=expires_at)


def hash_code(typed: str) -> str:
    return crypto.keyed_hash("identity.code", crypto.normalize_code(typed[:LONGEST_TYPED]))


def hash_name(full_name: str) -> str:
    return crypto.keyed_hash("identity.opened_name", spell_name(full_name))


def open_code(
    *,
    typed: str,
    purpose: ProofCode.Purpose,
    who: UUID,
    place: str,
    before_showing: Callable[[Opened], None],
    at: datetime,
) -> Opened:
    """The first who types it has it; typed again by her it stays hers. Raises CodeUnknown or
    CodeTriesUsedUp, or what `before_showing` refuses with: the code is nobody's then.

    A try is counted before the code is looked at, by who tries and by place; one that was right
    is given back.
    """
    counters = _count_try(purpose=purpose, who=who, place=place, at=at)
    with transaction.atomic():
        account_id = _claim(typed, purpose, who, at=at)
        contact = accounts.get_contact(account_id=account_id) if account_id else None
        if account_id is None or contact is None:
            raise CodeUnknown
        opened = Opened(account_id=account_id, full_name=contact.full_name)
        ProofCode.objects.filter(code_hash=hash_code(typed), opened_by=who).update(
            opened_name_hash=hash_name(opened.full_name)
        )
        before_showing(opened)
    for scope, key in counters:
        throttle.take_back_attempt(scope=scope, key=key)
    return opened


def use_code(
    *, typed: str, purpose: ProofCode.Purpose, who: UUID, at: datetime
) -> tuple[UUID, str]:
    """Use up a code that `who` opened: its account, and the hash of the name she was shown. In
    the transaction of what it is used for. Raises CodeUnknown."""
    # One statement decides: of two who press at once, one has it.
    with connection.cursor() as cursor:
        cursor.execute(
            """
            UPDATE identity_proof_code SET used_at = %s
            WHERE code_hash = %s AND purpose = %s AND opened_by = %s
                AND used_at IS NULL AND expires_at > %s
            RETURNING account_id, opened_name_hash
            """,
            [at, hash_code(typed), purpose, who, at],
        )
        row = cursor.fetchone()
    if row is None:
        raise CodeUnknown
    return row


def forget_codes(*, at: datetime) -> int:
    """Codes whose time is over open nothing; here they are forgotten too."""
    forgotten, _rows = ProofCode.objects.filter(expires_at__lte=at - HOUR).delete()
    return forgotten


def _claim(typed: str, purpose: ProofCode.Purpose, who: UUID, *, at: datetime) -> UUID | None:
    with connection.cursor() as cursor:
        cursor.execute(
            """
            UPDATE identity_proof_code SET opened_by = %s
            WHERE code_hash = %s AND purpose = %s AND (opened_by IS NULL OR opened_by = %s)
                AND used_at IS NULL AND expires_at > %s
            RETURNING account_id
            """,
            [who, hash_code(typed), purpose, who, at],
        )
        row = cursor.fetchone()
    return row[0] if row else None


def _count_try(
    *, purpose: ProofCode.Purpose, who: UUID, place: str, at: datetime
) -> list[tuple[str, str]]:
    counters = []
    for scope, key, limit in (
        ("identity.code.who", str(who), "identity.code_tries"),
        ("identity.code.place", f"{purpose}\x00{place}", "identity.code_tries_by_place"),
    ):
        counted = throttle.count_attempt(
            scope=scope,
            key=key,
            window=rulebook.get_duration("identity.code_closed_for", at=at),
            at=at,
        )
        if counted.count > rulebook.get_integer(limit, at=at):
            raise CodeTriesUsedUp
        counters.append((scope, key))
    return counters
