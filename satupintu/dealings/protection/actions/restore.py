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
from satupintu.trust.identity.queries import Method, Paper
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
SEEN = audit.Words(
    id="melihat nama Anda, untuk mencocokkannya dengan Anda dan kartu identitas Anda di loket",
    en="saw your name, to compare it with you and your identity card at a counter",
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


class NotSeen(Refusal):
    """Safety rule 11: undoing follows proof. Nobody agrees about a person whom she didn't see."""

    code = "person_not_seen"
    message = _(
        "See the person first: open the case, type the code on her screen, and compare her name "
        "and her face with her paper."
    )
    status = 409


class PaperTooWeak(Refusal):
    code = "paper_too_weak"
    message = _("This paper is not enough to give an account back. Ask for one with a photo.")


class TooManyLooks(Refusal):
    code = "too_many_looks"
    message = _("Too many wrong codes. Wait an hour; a colleague can go on meanwhile.")
    status = 429


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


def look_at_person(*, number: str, screen_code: str, by: UUID, at: datetime) -> str:
    """The full name, for a member of staff before whom the person stands with the code on her
    screen: to be compared with her and her paper. She sees in her log that it was looked at.

    Raises NoSuchCase, CodeFitsNoBrowser, TooManyLooks, or identity.OwnProof.
    """
    case = _find_frozen(number)
    tries = throttle.count_attempt(
        scope="protection.screen_code", key=str(by), window=timedelta(hours=1), at=at
    )
    if tries.count > rulebook.get_integer("protection.screen_code_tries", at=at):
        raise TooManyLooks
    with transaction.atomic():
        name = accounts.hold_name(account_id=case.account_id) or ""
        row = _find_waiting(case, screen_code, at)
        _refuse_own(case, by, at)
        name_hash = identity.hash_name(name)
        if row.name_hash not in {"", name_hash}:
            raise identity.NameChanged
        if by not in row.seen_by:
            Restoration.objects.filter(account_id=row.account_id, id=row.id).update(
                seen_by=[*row.seen_by, by], name_hash=name_hash
            )
            _log(case, by=by, what="account.person_seen", words=SEEN, at=at)
    throttle.take_back_attempt(scope="protection.screen_code", key=str(by))
    return name


def _find_frozen(number: str) -> Case:
    case = queries.find_case(number=number)
    if case is None or case.renewed_at is not None:
        raise NoSuchCase
    return case


def _find_waiting(case: Case, screen_code: str, at: datetime) -> Restoration:
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
    return row


def _refuse_own(case: Case, by: UUID, at: datetime) -> None:
    colleague = desk.get_colleague(member_id=by, at=at)
    if colleague is None:
        raise staff.NotYours
    identity.refuse_own(colleague, case.account_id)


@transaction.atomic
def propose_restoration(
    *, number: str, screen_code: str, paper: Paper, reason: str, by: UUID, at: datetime
) -> None:
    """A member of staff has compared the person with her name and her paper (`look_at_person`).
    Nothing is given back yet.

    Raises NoSuchCase, CodeFitsNoBrowser, NotSeen, PaperTooWeak, or what `staff.propose` refuses.
    """
    case = _find_frozen(number)
    row = _find_waiting(case, screen_code, at)
    if by not in row.seen_by:
        raise NotSeen
    if _get_level(paper, by, at) < rulebook.get_integer("protection.counter_level", at=at):
        raise PaperTooWeak
    Restoration.objects.filter(account_id=row.account_id, id=row.id).update(paper=paper.value)
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


def _get_level(paper: Paper, by: UUID, at: datetime) -> int:
    colleague = desk.get_colleague(member_id=by, at=at)
    if colleague is None:
        raise staff.NotYours
    return identity.get_counter_level(paper=paper, agency_slug=colleague.agency_slug, at=at)


def carry_out_restoration(approved: staff.Approved) -> None:
    """What an approved `restore_person` does: the old guards are dropped, the person counts as
    proved at a counter, and her browser may choose new ones. The account stays frozen until then.

    Raises RestorationOver; NotSeen where the second of the two has not looked at her; NameChanged
    where her name is no longer the one that was compared; or NotYours where the first has left.
    """
    account_id, _space, restoration_id = approved.about.partition(" ")
    at = approved.at
    name = accounts.hold_name(account_id=UUID(account_id)) or ""
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
    if approved.approved_by not in row.seen_by or approved.proposed_by not in row.seen_by:
        raise NotSeen
    if identity.hash_name(name) != row.name_hash:
        raise identity.NameChanged
    _refuse_own(case, approved.approved_by, at)
    accounts.drop_guards(account_id=case.account_id, at=at)
    first = desk.get_colleague(member_id=approved.proposed_by, at=at)
    if first is None:
        raise staff.NotYours
    identity.record_proofing(
        account_id=case.account_id,
        evidence=identity.Evidence(
            method=Method.COUNTER,
            level=_get_level(Paper(row.paper), approved.proposed_by, at),
            by=first.agency_slug,
            role=first.role,
            full_name=name,
            paper=row.paper,
            matched=("full_name", "face"),
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
