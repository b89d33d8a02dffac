# SPDX-License-Identifier: Apache-2.0
"""Read cases: whole for the person, masked for staff."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.utils.translation import gettext as _

from satupintu.dealings.linking import queries as linking
from satupintu.foundation import crypto
from satupintu.trust.accounts import queries as accounts
from satupintu.trust.agencies import queries as agencies
from satupintu.trust.identity import queries as identity
from satupintu.trust.rulebook import queries as rulebook

from . import rules
from .models import Case, FrozenLink, Restoration


@dataclass(frozen=True)
class LinkLine:
    """A frozen link, as its person sees it."""

    link_id: UUID
    agency_name: str
    frozen_at: datetime
    freeze_heard_at: datetime | None
    heard_at: datetime | None
    outcome: str
    # She is known as well now as when she linked.
    may_take_back: bool


@dataclass(frozen=True)
class CaseCard:
    """A case in the words of its person's page."""

    number: str
    opened_at: datetime
    opened_by: str
    due_at: datetime
    closed_at: datetime | None
    is_overdue: bool
    is_renewed: bool
    steps: tuple[rules.Step, ...]
    links: tuple[LinkLine, ...]


@dataclass(frozen=True)
class DeskCard:
    """What the desk sees of a case: how it stands, nothing of who, where or with which agencies."""

    number: str
    masked_name: str
    masked_email: str
    opened_at: datetime
    due_at: datetime
    is_overdue: bool
    steps: tuple[rules.Step, ...]
    heard: int
    frozen: int
    may_be_shown: bool


@dataclass(frozen=True)
class QueueLine:
    number: str
    opened_at: datetime
    due_at: datetime
    is_overdue: bool


def group_number(number: str) -> str:
    return f"{number[:4]} {number[4:]}"


def get_case(*, account_id: UUID, at: datetime) -> CaseCard | None:
    """A person's open case, or else her latest one."""
    rows = Case.objects.filter(account_id=account_id)
    case = rows.filter(closed_at=None).first() or rows.order_by("-closed_at").first()
    if case is None:
        return None
    lines = tuple(FrozenLink.objects.filter(account_id=account_id, case_id=case.id).order_by("id"))
    level = identity.get_level(account_id=account_id, at=at)
    return CaseCard(
        number=group_number(case.number),
        opened_at=case.opened_at,
        opened_by=case.opened_by,
        due_at=case.due_at,
        closed_at=case.closed_at,
        is_overdue=_is_overdue(case, at),
        is_renewed=case.renewed_at is not None,
        steps=_list_steps(case, lines, at),
        links=tuple(_describe(line, case, level) for line in lines),
    )


def _describe(line: FrozenLink, case: Case, level: int) -> LinkLine:
    agency = agencies.describe_agency(slug=line.agency)
    return LinkLine(
        link_id=line.link_id,
        agency_name=agency.name if agency else line.agency,
        frozen_at=case.opened_at,
        freeze_heard_at=line.freeze_heard_at,
        heard_at=line.heard_at,
        outcome=line.outcome,
        may_take_back=rules.may_take_back(
            identity_level=level,
            link_level=linking.get_identity_level(account_id=line.account_id, link_id=line.link_id),
        ),
    )


def _list_steps(case: Case, lines: tuple[FrozenLink, ...], at: datetime) -> tuple[rules.Step, ...]:
    return rules.list_steps(
        rules.Facts(
            opened_at=case.opened_at,
            shown_at=case.shown_at,
            proved_at=case.proved_at,
            renewed_at=case.renewed_at,
            closed_at=case.closed_at,
            # Whoever heard that a link is open again, or has ended, need not hear of the freeze.
            heard=[line.freeze_heard_at or line.heard_at for line in lines],
            decided=[line.changed_at if line.outcome else None for line in lines],
        ),
        agencies_within=rulebook.get_duration("protection.agencies_within", at=at),
        agree_within=rulebook.get_duration("protection.agree_within", at=at),
    )


def _is_overdue(case: Case, at: datetime) -> bool:
    return case.closed_at is None and case.due_at <= at


def find_case(*, number: str) -> Case | None:
    """An open case by its number, however it was typed."""
    typed = crypto.normalize_code(number[:40])
    return Case.objects.filter(number=typed, closed_at=None).first()


def has_open_case(number: str, account_id: UUID) -> bool:
    """Whether this is the number of an open case of this very person."""
    case = find_case(number=number)
    return case is not None and case.account_id == account_id


def describe_for_desk(*, case: Case, at: datetime) -> DeskCard:
    """Masked. Whoever shows it has logged the reading before."""
    contact = accounts.get_contact(account_id=case.account_id)
    lines = tuple(FrozenLink.objects.filter(account_id=case.account_id, case_id=case.id))
    return DeskCard(
        number=group_number(case.number),
        masked_name=rules.mask_name(contact.full_name) if contact else "",
        masked_email=rules.mask_email(contact.email) if contact else "",
        opened_at=case.opened_at,
        due_at=case.due_at,
        is_overdue=_is_overdue(case, at),
        steps=_list_steps(case, lines, at),
        heard=sum(bool(line.freeze_heard_at or line.heard_at) for line in lines),
        frozen=len(lines),
        may_be_shown=case.renewed_at is None,
    )


def list_queue(*, at: datetime, limit: int = 100) -> tuple[QueueLine, ...]:
    """Open cases by their numbers, the most urgent first. Names nobody."""
    return tuple(
        QueueLine(
            number=group_number(case.number),
            opened_at=case.opened_at,
            due_at=case.due_at,
            is_overdue=_is_overdue(case, at),
        )
        for case in Case.objects.filter(closed_at=None).order_by("due_at")[:limit]
    )


def is_approved(*, account_id: UUID, restoration_id: UUID, at: datetime) -> bool:
    """Whether two members of staff let this browser go on, and it has not done so yet."""
    return Restoration.objects.filter(
        account_id=account_id,
        id=restoration_id,
        approved_at__isnull=False,
        used_at=None,
        expires_at__gt=at,
    ).exists()


def describe_restoration(about: str) -> str:
    """The number of the case, for whoever looks with a second pair of eyes."""
    account_id, _space, restoration_id = about.partition(" ")
    row = Restoration.objects.filter(account_id=account_id, id=restoration_id).first()
    case = (
        Case.objects.filter(account_id=account_id, id=row.case_id).first()
        if row is not None
        else None
    )
    return _("case %(number)s") % {"number": group_number(case.number) if case else "-"}
