# SPDX-License-Identifier: Apache-2.0
"""One act suspends an agency, a client, a key, a person or a staff member (safety rule 24).

It holds at the next check: people's and staff's rows are read at each request, agencies and clients
from a snapshot that is at most half a minute old. Lifting takes two people.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils import translation
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from satupintu.foundation.audit import actions as audit
from satupintu.foundation.errors import Refusal
from satupintu.trust.accounts import actions as accounts
from satupintu.trust.accounts import queries as people
from satupintu.trust.agencies import actions as agencies
from satupintu.trust.agencies import queries as directory
from satupintu.trust.staff import rules
from satupintu.trust.staff.models import StaffMember, StaffSession, Suspension

from . import touch
from .invite import NotYours, UnknownMember
from .proposals import Approved, clean_reason, get_colleague, slug_of

LIFT = "lift_suspension"
LEGAL_BASIS = "UU 27/2022, art. 20 (2) c"
SUSPENDED = audit.Words(
    id="menghentikan sementara akses masuk ke akun Anda, untuk melindunginya",
    en="stopped sign-in to your account for now, to protect it",
)
LIFTED = audit.Words(
    id="membuka kembali akses masuk ke akun Anda, setelah dua petugas menyetujuinya",
    en="opened sign-in to your account again, after two people agreed",
)


class SuspendedAlready(Refusal):
    code = "suspended_already"
    message = _("This is suspended already.")
    status = 409


class NotSuspended(Refusal):
    code = "not_suspended"
    message = _("This is not suspended, or not any more.")
    status = 409


class BadTarget(Refusal):
    code = "bad_suspension_target"
    message = _("That is nothing we know.")
    status = 404


@dataclass(frozen=True)
class Suspended:
    """Something that was suspended just now."""

    kind: str
    target: str
    at: datetime


Listener = Callable[[Suspended], None]
_listeners: dict[str, Listener] = {}


def register_suspension_listener(name: str, listener: Listener) -> None:
    """Call `listener` inside the transaction that suspends; from `AppConfig.ready()` only."""
    if _listeners.setdefault(name, listener) is not listener:
        raise ValueError(f"{name} hears of suspensions already")


def split_key(target: str) -> tuple[str, str]:
    """client_id and thumbprint of "client_id thumbprint". Raises BadTarget."""
    client_id, _space, thumbprint = target.partition(" ")
    if not thumbprint:
        raise BadTarget
    return client_id, thumbprint


def _find_agency(kind: str, target: str) -> str | None:
    """Whose the target is; None for a person, who is nobody's. Raises BadTarget."""
    if kind == Suspension.Kind.PERSON:
        return None
    if kind == Suspension.Kind.AGENCY:
        card = directory.describe_agency(slug=target)
        slug = card.slug if card else None
    elif kind == Suspension.Kind.STAFF:
        member = StaffMember.objects.select_related("agency").filter(id=UUID(target)).first()
        slug = slug_of(member) if member else None
    else:
        client_id = split_key(target)[0] if kind == Suspension.Kind.KEY else target
        client = directory.describe_client(client_id=client_id)
        slug = client.agency.slug if client else None
    if slug is None:
        raise BadTarget
    return slug


@transaction.atomic
def suspend(*, kind: str, target: str, reason: str, by: UUID | None, at: datetime) -> UUID:
    """End all that this may do. `by` is None for the operator's command.

    Raises BadTarget, NotYours, ReasonNeeded or SuspendedAlready; nothing is stored then.
    """
    kept = clean_reason(reason)
    agency = _find_agency(kind, target)
    member = get_colleague(by, at) if by else None
    if member is not None and not rules.may_suspend(
        kind=kind,
        role=member.role,
        agency=slug_of(member),
        target_agency=agency,
        is_self=kind == Suspension.Kind.STAFF and target == str(by),
    ):
        raise NotYours
    # A person is the affair of the desk that stopped her.
    whose = agency if agency is not None else slug_of(member) if member else ""
    try:
        with transaction.atomic():
            row = Suspension.objects.create(
                kind=kind,
                target=target,
                reason=kept,
                agency_slug=whose,
                suspended_by=member,
                suspended_at=at,
            )
    except IntegrityError as error:
        raise SuspendedAlready from error
    _apply(row, by, at)
    for listener in _listeners.values():
        listener(Suspended(kind=kind, target=target, at=at))
    # Once more after the commit: another thread of this process may have read the old rows.
    transaction.on_commit(directory.forget_directory)
    return row.id


def _apply(row: Suspension, by: UUID | None, at: datetime) -> None:
    match row.kind:
        case Suspension.Kind.AGENCY:
            agencies.suspend_agency(slug=row.target, at=at)
        case Suspension.Kind.CLIENT:
            agencies.suspend_client(client_id=row.target, at=at)
        case Suspension.Kind.KEY:
            client_id, thumbprint = split_key(row.target)
            agencies.suspend_key(client_id=client_id, thumbprint=thumbprint)
        case Suspension.Kind.PERSON:
            account_id = UUID(row.target)
            # While it can still be asked where to write.
            _tell_person(account_id)
            accounts.suspend_account(account_id=account_id, at=at)
            touch.record_act(
                account_id=account_id,
                by=by,
                what="account.suspended",
                purpose_code="account_protection",
                words=SUSPENDED,
                legal_basis=LEGAL_BASIS,
                at=at,
            )
        case Suspension.Kind.STAFF:
            StaffMember.objects.filter(id=UUID(row.target)).update(suspended_at=at)
            StaffSession.objects.filter(member_id=UUID(row.target)).delete()


def _tell_person(account_id: UUID) -> None:
    contact = people.get_contact(account_id=account_id)
    if contact is None:
        return
    with translation.override(contact.language):
        accounts.queue_mail(
            to=contact.email,
            subject=gettext("Sign-in to your account is stopped for now"),
            body="\n\n".join(
                (
                    gettext("To protect your account, nobody can sign in to it for now."),
                    gettext(
                        "Payments, benefits and letters go on as before. Nothing of yours is lost."
                    ),
                    gettext("Call or visit the help desk of your agency to have it opened again."),
                    "Satu Pintu",
                )
            )
            + "\n",
        )


def carry_out_lifting(approved: Approved) -> None:
    """What an approved `lift_suspension` does. Raises NotSuspended; nobody sets herself free."""
    row = (
        Suspension.objects.select_for_update(of=("self",))
        .filter(id=UUID(approved.about), lifted_at=None)
        .first()
    )
    if row is None:
        raise NotSuspended
    for member_id in (approved.proposed_by, approved.approved_by):
        if row.kind == Suspension.Kind.STAFF and row.target == str(member_id):
            raise NotYours
        _require_whose(row, get_colleague(member_id, approved.at))
    row.lifted_at = approved.at
    row.save(update_fields=["lifted_at"])
    match row.kind:
        case Suspension.Kind.AGENCY:
            agencies.lift_agency(slug=row.target)
        case Suspension.Kind.CLIENT:
            agencies.lift_client(client_id=row.target)
        case Suspension.Kind.KEY:
            client_id, thumbprint = split_key(row.target)
            agencies.lift_key(client_id=client_id, thumbprint=thumbprint)
        case Suspension.Kind.PERSON:
            accounts.restore_account(account_id=UUID(row.target))
            touch.record_act(
                account_id=UUID(row.target),
                by=approved.approved_by,
                what="account.suspension_lifted",
                purpose_code="account_protection",
                words=LIFTED,
                legal_basis=LEGAL_BASIS,
                at=approved.at,
            )
        case Suspension.Kind.STAFF:
            StaffMember.objects.filter(id=UUID(row.target)).update(suspended_at=None)
    transaction.on_commit(directory.forget_directory)


def _require_whose(row: Suspension, member: StaffMember) -> None:
    if member.role != rules.STEWARD and slug_of(member) != row.agency_slug:
        raise NotYours


def find_staff(*, email: str) -> str:
    """The id of a member in office, as a suspension's target. Raises UnknownMember."""
    found = StaffMember.objects.filter(email=email.lower(), left_at=None).first()
    if found is None:
        raise UnknownMember
    return str(found.id)


def find_target(*, kind: str, typed: str) -> str:
    """What somebody typed, as a suspension's target: people and staff by e-mail address, a key as
    "client_id thumbprint". Raises UnknownAccount or UnknownMember."""
    typed = " ".join(typed.split())
    if kind == Suspension.Kind.PERSON:
        return str(accounts.find_account(email=typed))
    return find_staff(email=typed) if kind == Suspension.Kind.STAFF else typed
