# SPDX-License-Identifier: Apache-2.0
"""What colleagues decide about a member: role, end, and whether she still needs her access."""

from datetime import datetime
from uuid import UUID

from django.db import transaction

from satupintu.trust.staff import rules
from satupintu.trust.staff.models import StaffInvitation, StaffMember, StaffSession

from .invite import NotYours, UnknownMember, require_looked_after


def _lock(member_id: UUID, by: UUID | None, at: datetime) -> StaffMember:
    member = (
        StaffMember.objects.select_for_update(of=("self",))
        .select_related("agency")
        .filter(id=member_id, left_at=None)
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
    return member


@transaction.atomic
def change_role(*, member_id: UUID, role: str, by: UUID, at: datetime) -> None:
    """Another role in the same agency; sessions end, so that nothing of the old one lingers.

    Raises UnknownMember or NotYours.
    """
    member = _lock(member_id, by, at)
    caller = StaffMember.objects.get(id=by)
    # A steward is a steward of the whole and an owner has an agency: neither becomes the other.
    if role not in rules.get_roles_to_give(caller.role) or (role == rules.STEWARD) != (
        member.role == rules.STEWARD
    ):
        raise NotYours
    if member.role == role:
        return
    member.role = role
    member.save(update_fields=["role"])
    StaffSession.objects.filter(member_id=member.id).delete()


@transaction.atomic
def end_member(*, member_id: UUID, by: UUID | None, at: datetime) -> None:
    """She left: sessions and invitations end in this moment, and her passkeys open nothing.

    The row stays: what she did has an author. Raises UnknownMember or NotYours.
    """
    member = _lock(member_id, by, at)
    member.left_at = at
    member.save(update_fields=["left_at"])
    StaffSession.objects.filter(member_id=member.id).delete()
    StaffInvitation.objects.filter(member_id=member.id, used_at=None).delete()


@transaction.atomic
def confirm_member(*, member_id: UUID, by: UUID | None, at: datetime) -> None:
    """She still needs her access: the next review counts from now. Nobody confirms herself.

    Raises UnknownMember or NotYours.
    """
    member = _lock(member_id, by, at)
    member.confirmed_at = at
    member.save(update_fields=["confirmed_at"])
