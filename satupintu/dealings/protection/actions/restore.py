# SPDX-License-Identifier: Apache-2.0
"""Give a frozen account back: her browser shows a code, two members of staff agree, and exactly
that browser chooses new guards. Old ones open nothing any more."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from satupintu.dealings.protection import queries, rules
from satupintu.dealings.protection.models import Case, FrozenLink, Restoration
from satupintu.foundation import crypto
from satupintu.foundation.audit import actions as audit
from satupintu.foundation.errors import Refusal
from satupintu.foundation.ids import new_id
from satupintu.foundation.throttle import actions as throttle
from satupintu.trust.accounts import actions as accounts
from satupintu.trust.accounts import queries as people
from satupintu.trust.identity import actions as identity
from satupintu.trust.identity.queries import Method
from satupintu.trust.rulebook import queries as rulebook
from satupintu.trust.staff import actions as staff
from satupintu.trust.staff import queries as desk

if TYPE_CHECKING:
    from satupintu.trust.accounts.models import Account

RESTORE = "restore_person"
LEGAL_BASIS = "UU 27/2022, art. 35"
READ = audit.Words(
    id="melihat keadaan kasus Anda, dengan nama dan alamat surel yang disamarkan",
    en="looked at how your case stands, with your name and e-mail address masked",
)
PROPOSED = audit.Words(
    id="memeriksa Anda dan kartu identitas Anda, lalu meminta rekan ikut memutuskan",
    en="looked at you and your identity card, and asked a colleague to decide with them",
)
RESTORED = audit.Words(
    id="menyetujui bahwa akun Anda dikembalikan kepada Anda, sebagai orang kedua",
    en="agreed, as the second person, that your account is given back to you",
)


class NoSuchCase(Refusal):
    code = "no_such_case"
    message = _("There is no open case with this number. Compare it with what the person has.")
    status = 404


class CodeFitsNoBrowser(Refusal):
    code = "code_fits_no_browser"
    message = _(
        "This code belongs to no screen that waits in this case. Ask the person to show it again."
    )


class RestorationOver(Refusal):
    code = "restoration_over"
    message = _("This took too long, or it was finished already. Begin again with your number.")
    status = 409


class TooManyStarts(Refusal):
    code = "too_many_starts"
    message = _("Too many tries from here. Wait an hour, or use another device.")
    status = 429


@dataclass(frozen=True)
class Started:
    """What a browser keeps to itself, and the code that it shows."""

    account_id: UUID
    restoration_id: UUID
    secret: str
    code: str


def start_restoration(*, number: str, origin: people.Origin, at: datetime) -> Started:
    """For whoever types the number of a case. Promises nothing: a number that is none answers
    just the same, and its code fits nowhere. Raises TooManyStarts."""
    _count_start(origin, at)
    case = queries.find_case(number=number)
    started = Started(
        account_id=case.account_id if case else new_id(),
        restoration_id=new_id(),
        secret=crypto.new_secret(),
        code=crypto.new_code(length=rules.SCREEN_CODE_LENGTH),
    )
    if case is not None and case.renewed_at is None:
        Restoration.objects.create(
            account_id=started.account_id,
            id=started.restoration_id,
            case_id=case.id,
            browser_hash=crypto.hash_secret(started.secret),
            code_hash=_hash_code(case, started.code),
            started_at=at,
            expires_at=at + rulebook.get_duration("protection.restoration_lifetime", at=at),
        )
    return started


def _count_start(origin: people.Origin, at: datetime) -> None:
    place = f"device {origin.device_key}" if origin.device_key else f"network {origin.network}"
    counted = throttle.count_attempt(
        scope="protection.restoration", key=place, window=timedelta(hours=1), at=at
    )
    if counted.count > rulebook.get_integer("protection.starts_from_one_place", at=at):
        raise TooManyStarts


def _hash_code(case: Case, code: str) -> str:
    return crypto.keyed_hash("protection.screen_code", f"{case.id} {code}")


def record_case_reading(*, case: Case, by: UUID, at: datetime) -> None:
    """Before anything of a case is shown to staff. Raises CaseNeeded or NotYours."""
    staff.record_reading(
        account_id=case.account_id,
        by=by,
        case=case.number,
        what="case",
        purpose_code="account_protection",
        words=READ,
        legal_basis=LEGAL_BASIS,
        at=at,
    )


@transaction.atomic
def propose_restoration(
    *, number: str, screen_code: str, reason: str, by: UUID, at: datetime
) -> None:
    """A member of staff has seen the person, her papers and the code on her screen. Nothing is
    given back yet.

    Raises NoSuchCase, CodeFitsNoBrowser, or what `staff.propose` refuses.
    """
    case = queries.find_case(number=number)
    if case is None or case.renewed_at is not None:
        raise NoSuchCase
    code = crypto.normalize_code(screen_code[:40])
    row = Restoration.objects.filter(
        account_id=case.account_id,
        case_id=case.id,
        code_hash=_hash_code(case, code),
        approved_at=None,
        expires_at__gt=at,
    ).first()
    if row is None:
        raise CodeFitsNoBrowser
    staff.propose(act=RESTORE, about=f"{row.account_id} {row.id}", reason=reason, by=by, at=at)
    Case.objects.filter(account_id=case.account_id, id=case.id).update(shown_at=at)
    _log(case, by=by, what="account.restoration_proposed", words=PROPOSED, at=at)


def _log(case: Case, *, by: UUID, what: str, words: audit.Words, at: datetime) -> None:
    staff.record_act(
        account_id=case.account_id,
        by=by,
        what=what,
        purpose_code="account_protection",
        words=words,
        legal_basis=LEGAL_BASIS,
        at=at,
    )


def carry_out_restoration(approved: staff.Approved) -> None:
    """What an approved `restore_person` does: the old guards are dropped, the person counts as
    proved at a counter, and her browser may choose new ones. The account stays frozen until then.

    Raises RestorationOver, or NotYours where the first of the two has left meanwhile.
    """
    account_id, _space, restoration_id = approved.about.partition(" ")
    at = approved.at
    accounts.hold_account(account_id=UUID(account_id))
    row = Restoration.objects.filter(
        account_id=account_id, id=restoration_id, approved_at=None, expires_at__gt=at
    ).first()
    if row is None:
        raise RestorationOver
    case = Case.objects.filter(
        account_id=account_id, id=row.case_id, closed_at=None, renewed_at=None
    ).first()
    if case is None:
        raise RestorationOver
    accounts.drop_guards(account_id=case.account_id, at=at)
    first = desk.get_colleague(member_id=approved.proposed_by, at=at)
    if first is None:
        raise staff.NotYours
    identity.record_proofing(
        account_id=case.account_id,
        evidence=identity.Evidence(
            method=Method.COUNTER,
            level=rulebook.get_integer("protection.counter_level", at=at),
            by=first.agency_slug,
            role=first.role,
        ),
        at=at,
    )
    Restoration.objects.filter(account_id=row.account_id, id=row.id).update(approved_at=at)
    # One browser at a time: another got nobody's yes, or lost what it had.
    Restoration.objects.filter(account_id=row.account_id, case_id=case.id, used_at=None).exclude(
        id=row.id
    ).delete()
    Case.objects.filter(account_id=case.account_id, id=case.id).update(proved_at=at)
    _log(case, by=approved.approved_by, what="account.restored", words=RESTORED, at=at)


@transaction.atomic
def renew(
    *,
    account_id: UUID,
    restoration_id: UUID,
    secret: str,
    pending: accounts.Pending,
    typed: str,
    origin: people.Origin,
    at: datetime,
) -> "Account":
    """New address and password, in the browser that two members of staff let go on. The account
    is open again; its links stay frozen until she takes each back. Answers the account.

    Raises RestorationOver, or what `accounts.renew_guards` refuses; nothing is changed then.
    """
    row = (
        Restoration.objects.select_for_update(of=("self",))
        .filter(
            account_id=account_id,
            id=restoration_id,
            browser_hash=crypto.hash_secret(secret),
            approved_at__isnull=False,
            used_at=None,
            expires_at__gt=at,
        )
        .first()
    )
    if row is None:
        raise RestorationOver
    account = accounts.renew_guards(
        account_id=account_id, pending=pending, typed=typed, origin=origin, at=at
    )
    Restoration.objects.filter(account_id=account_id, id=row.id).update(used_at=at)
    case = Case.objects.filter(account_id=account_id, id=row.case_id)
    case.update(renewed_at=at)
    if not FrozenLink.objects.filter(account_id=account_id, case_id=row.case_id).exists():
        case.update(closed_at=at)
    return account


def forget_restorations(*, at: datetime) -> None:
    """Browsers whose time is over get nothing; here they are forgotten too."""
    Restoration.objects.filter(expires_at__lte=at).delete()
