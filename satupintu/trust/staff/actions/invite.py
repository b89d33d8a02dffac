# SPDX-License-Identifier: Apache-2.0
"""How somebody comes to work here: a link, sent to her own address, that works once."""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from satupintu.foundation.crypto import hash_secret, new_secret
from satupintu.foundation.errors import Refusal
from satupintu.trust.accounts import actions as accounts
from satupintu.trust.agencies import queries as agencies
from satupintu.trust.rulebook import queries as rulebook
from satupintu.trust.staff import queries, rules
from satupintu.trust.staff.models import (
    StaffInvitation,
    StaffMember,
    StaffPasskey,
    StaffSession,
)

from . import passkeys, visits


class UnknownAgency(Refusal):
    code = "unknown_agency"
    message = gettext_lazy("There is no such agency.")


class UnknownMember(Refusal):
    code = "unknown_staff_member"
    message = gettext_lazy("Nobody in office has this e-mail address.")
    status = 404


class EmailTaken(Refusal):
    code = "staff_email_taken"
    message = gettext_lazy("Somebody with this e-mail address works here already.")


class NotYours(Refusal):
    code = "staff_not_yours"
    message = gettext_lazy("This colleague is not yours to look after.")
    status = 403


class InvitationGone(Refusal):
    code = "staff_invitation_gone"
    message = gettext_lazy(
        "This invitation was used, is too old, or was never made. Ask for a new one."
    )
    status = 404


def require_looked_after(
    *, by: UUID | None, role: str, agency_slug: str, member_id: UUID | None, at: datetime
) -> None:
    """Raises NotYours. `by` is None for the operator's command, which may all."""
    if by is None:
        return
    caller = StaffMember.objects.select_related("agency").get(id=by)
    if not queries.is_in_office(caller, at) or not rules.may_look_after(
        role=caller.role,
        agency=caller.agency.slug if caller.agency else "",
        other_role=role,
        other_agency=agency_slug,
        is_self=by == member_id,
    ):
        raise NotYours


@transaction.atomic
def invite_member(
    *,
    email: str,
    full_name: str,
    role: str,
    agency_slug: str,
    by: UUID | None,
    at: datetime,
) -> str:
    """Take somebody on and mail her a link; answers it, for the operator's eyes only.

    Raises UnknownAgency, EmailTaken or NotYours; nothing is stored then. Stewards belong to no
    agency, and everybody else to one.
    """
    agency = agencies.get_agency(slug=agency_slug) if agency_slug else None
    if (role == rules.STEWARD) == bool(agency_slug) or (agency_slug and agency is None):
        raise UnknownAgency
    require_looked_after(by=by, role=role, agency_slug=agency_slug, member_id=None, at=at)
    try:
        with transaction.atomic():
            member = StaffMember.objects.create(
                agency_id=agency.id if agency else None,
                email=email.lower(),
                full_name=full_name,
                role=role,
                joined_at=at,
            )
    except IntegrityError as error:
        raise EmailTaken from error
    link = make_link(member_id=member.id, by=by, at=at)
    _queue_mail(member, link, at)
    return link


@transaction.atomic
def invite_again(*, email: str, by: UUID | None, at: datetime) -> str:
    """A new link for somebody in office: the first was lost, or all her passkeys were. The link
    before dies; her passkeys and sessions end when this one is used, not before.

    It goes to her own address, so whoever asks for it can't use it. Raises UnknownMember, NotYours.
    """
    member = (
        StaffMember.objects.select_for_update(of=("self",))
        .select_related("agency")
        .filter(email=email.lower(), left_at=None)
        .first()
    )
    if member is None:
        raise UnknownMember
    require_looked_after(
        by=by,
        role=member.role,
        agency_slug=member.agency.slug if member.agency else "",
        member_id=member.id,
        at=at,
    )
    link = make_link(member_id=member.id, by=by, at=at)
    _queue_mail(member, link, at)
    return link


def make_link(*, member_id: UUID, by: UUID | None, at: datetime) -> str:
    token = new_secret()
    StaffInvitation.objects.filter(member_id=member_id, used_at=None).delete()
    StaffInvitation.objects.create(
        member_id=member_id,
        token_hash=hash_secret(token),
        invited_by_id=by,
        invited_at=at,
        expires_at=at + rulebook.get_duration("staff.invitation_lifetime", at=at),
    )
    return f"{settings.PUBLIC_URL}{reverse('staff:join', args=[token])}"


def _queue_mail(member: StaffMember, link: str, at: datetime) -> None:
    hours = rulebook.get_duration("staff.invitation_lifetime", at=at).total_seconds() // 3600
    # Nobody knows yet which language she reads, so it says it in both.
    texts = []
    for code, _name in settings.LANGUAGES:
        with translation.override(code):
            texts.append(
                "\n\n".join(
                    (
                        _("You are invited to the staff side of Satu Pintu as: %(role)s.")
                        % {"role": member.get_role_display()},
                        _("Open this address and make a passkey on your work device:"),
                        f"    {link}",
                        _("It works once, for %(hours)d hours. Pass it on to nobody.")
                        % {"hours": hours},
                    )
                )
            )
    with translation.override(settings.LANGUAGE_CODE):
        subject = _("Your way in to Satu Pintu for staff")
    accounts.queue_mail(to=member.email, subject=subject, body="\n\n---\n\n".join(texts) + "\n")


def _lock_invitation(token: str, at: datetime) -> StaffInvitation:
    row = (
        StaffInvitation.objects.select_for_update(of=("self",))
        .select_related("member", "member__agency")
        .filter(token_hash=hash_secret(token), used_at=None, expires_at__gt=at)
        .first()
    )
    if row is None or not queries.is_in_office(row.member, at):
        raise InvitationGone
    return row


@transaction.atomic
def begin_enrolment(*, key: str, token: str, at: datetime) -> tuple[str, dict[str, Any]]:
    """The cookie's key and options for the passkey. Looking uses nothing up. Raises
    InvitationGone."""
    member = _lock_invitation(token, at).member
    visit = visits.lock_visit(key=key)
    if visit is None or visit.member_id is not None:
        key = visits.open_session(member_id=None, device="", at=at)
        visit = visits.lock_visit(key=key)
        assert visit is not None  # noqa: S101  written a line above
    return key, passkeys.begin_creation(visit=visit, member=member, at=at)


@transaction.atomic
def complete_enrolment(
    *, key: str, token: str, answer: Any, device: str, name: str, at: datetime
) -> str:
    """Keep the passkey, use the invitation up, and open a session; answers its key.

    Passkeys and sessions from before end: an invitation to somebody who has some says that they
    are lost. Raises InvitationGone or PasskeyRefused; the invitation then still waits.
    """
    invitation = _lock_invitation(token, at)
    visit = visits.lock_visit(key=key)
    if visit is None:
        raise passkeys.PasskeyRefused
    member_id = invitation.member_id
    StaffPasskey.objects.filter(member_id=member_id).delete()
    passkeys.complete_creation(visit=visit, member_id=member_id, answer=answer, name=name, at=at)
    invitation.used_at = at
    invitation.save(update_fields=["used_at"])
    StaffSession.objects.filter(member_id=member_id).delete()
    visit.delete()
    return visits.open_session(member_id=member_id, device=device, at=at)
