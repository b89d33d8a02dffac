# SPDX-License-Identifier: Apache-2.0
"""Who is on duty, who works where, and whose access waits for a review."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.utils.translation import gettext as _

from satupintu.foundation.crypto import hash_secret
from satupintu.trust.agencies import queries as agencies
from satupintu.trust.rulebook import queries as rulebook

from . import rules
from .models import (
    Proposal,
    StaffInvitation,
    StaffMember,
    StaffPasskey,
    StaffSession,
    Suspension,
)
from .rules import Review


@dataclass(frozen=True)
class OnDuty:
    """A staff member who is signed in now. Her name is for her own pages and her colleagues'."""

    member_id: UUID
    session_id: UUID
    full_name: str
    role: str
    role_name: str
    agency: agencies.AgencyCard | None
    ends_at: datetime

    @property
    def agency_slug(self) -> str:
        return self.agency.slug if self.agency else ""

    def may(self, permission: str) -> bool:
        return rules.may(self.role, permission)


@dataclass(frozen=True)
class MemberCard:
    """A staff member in office."""

    id: UUID
    full_name: str
    email: str
    role: str
    role_name: str
    agency_slug: str
    joined_at: datetime
    confirmed_at: datetime | None
    is_suspended: bool
    has_passkey: bool
    is_invited: bool
    review: Review

    @property
    def agency_name(self) -> str:
        card = agencies.describe_agency(slug=self.agency_slug) if self.agency_slug else None
        return card.name if card else ""


@dataclass(frozen=True)
class PasskeyCard:
    id: UUID
    name: str
    added_at: datetime
    last_used_at: datetime | None


@dataclass(frozen=True)
class Invited:
    """Who an invitation is for."""

    member_id: UUID
    full_name: str
    email: str
    is_first: bool


def get_session_end(*, started_at: datetime, seen_at: datetime, at: datetime) -> datetime:
    """When a session ends if no further page is opened, by the rulebook of `at`."""
    return rules.compute_session_end(
        started_at=started_at,
        seen_at=seen_at,
        idle=rulebook.get_duration("staff.session_idle", at=at),
        lifetime=rulebook.get_duration("staff.session_lifetime", at=at),
    )


def get_warning_seconds(*, duty: OnDuty, at: datetime) -> int:
    """In how many seconds a page says that the session is about to end (safety rule 7)."""
    warning = rulebook.get_duration("staff.session_warning", at=at)
    return max(0, int((duty.ends_at - warning - at).total_seconds()))


def judge_member(member: StaffMember, at: datetime) -> Review:
    agency = member.agency.slug if member.agency else ""
    return rules.judge_review(
        confirmed_at=member.confirmed_at or member.joined_at,
        at=at,
        interval=rulebook.get_duration("staff.review_interval", agency=agency, at=at),
        notice=rulebook.get_duration("staff.review_notice", agency=agency, at=at),
        grace=rulebook.get_duration("staff.review_grace", agency=agency, at=at),
    )


def is_in_office(member: StaffMember, at: datetime) -> bool:
    """Whether this member may do anything at all now. Asked of every request, of the row itself:
    a leaver, a suspended member, a suspended agency's and an unreviewed one are out at once."""
    return (
        member.left_at is None
        and member.suspended_at is None
        and (member.agency is None or member.agency.suspended_at is None)
        and judge_member(member, at) is not Review.LOCKED
    )


def find_on_duty(*, key: str, at: datetime) -> OnDuty | None:
    """Who is signed in with this cookie's key; None for anything else. One query."""
    if not key:
        return None
    row = (
        StaffSession.objects.filter(key_hash=hash_secret(key), member__isnull=False)
        .select_related("member", "member__agency")
        .first()
    )
    member = row.member if row else None
    if row is None or member is None:
        return None
    ends_at = get_session_end(started_at=row.started_at, seen_at=row.seen_at, at=at)
    if at >= ends_at or not is_in_office(member, at):
        return None
    return OnDuty(
        member_id=member.id,
        session_id=row.id,
        full_name=member.full_name,
        role=member.role,
        role_name=member.get_role_display(),
        agency=agencies.describe_agency(slug=member.agency.slug) if member.agency else None,
        # This very page counts as activity.
        ends_at=get_session_end(started_at=row.started_at, seen_at=at, at=at),
    )


@dataclass(frozen=True)
class Colleague:
    """A staff member in office, for an action that asks once more who acts."""

    member_id: UUID
    full_name: str
    email: str
    role: str
    agency_slug: str

    def may(self, permission: str) -> bool:
        return rules.may(self.role, permission)


def get_colleague(*, member_id: UUID, at: datetime) -> Colleague | None:
    """Who this is, of the row itself; None for one who may do nothing now."""
    member = StaffMember.objects.select_related("agency").filter(id=member_id).first()
    if member is None or not is_in_office(member, at):
        return None
    return Colleague(
        member_id=member.id,
        full_name=member.full_name,
        email=member.email,
        role=member.role,
        agency_slug=member.agency.slug if member.agency else "",
    )


def name_role(role: str) -> str:
    """A role in words, for people: who confirmed something, never which member."""
    return str(dict(StaffMember.Role.choices).get(role, ""))


def list_members(*, at: datetime, agency_slug: str | None = None) -> list[MemberCard]:
    """Everybody in office, stewards (agency "") first; of one agency where it is named."""
    rows = StaffMember.objects.filter(left_at=None).select_related("agency")
    if agency_slug is not None:
        rows = rows.filter(agency__slug=agency_slug)
    with_passkey = set(StaffPasskey.objects.values_list("member_id", flat=True))
    invited = set(
        StaffInvitation.objects.filter(used_at=None, expires_at__gt=at).values_list(
            "member_id", flat=True
        )
    )
    cards = [
        MemberCard(
            id=row.id,
            full_name=row.full_name,
            email=row.email,
            role=row.role,
            role_name=row.get_role_display(),
            agency_slug=row.agency.slug if row.agency else "",
            joined_at=row.joined_at,
            confirmed_at=row.confirmed_at,
            is_suspended=row.suspended_at is not None,
            has_passkey=row.id in with_passkey,
            is_invited=row.id in invited,
            review=judge_member(row, at),
        )
        for row in rows.order_by("joined_at", "id")
    ]
    return sorted(cards, key=lambda card: card.agency_slug)


def list_looked_after(*, by: OnDuty, at: datetime) -> list[MemberCard]:
    """The members whom this one may change, end or confirm."""
    return [
        card
        for card in list_members(at=at)
        if rules.may_look_after(
            role=by.role,
            agency=by.agency_slug,
            other_role=card.role,
            other_agency=card.agency_slug,
            is_self=card.id == by.member_id,
        )
    ]


def list_passkeys(*, member_id: UUID) -> list[PasskeyCard]:
    return [
        PasskeyCard(row.id, row.name, row.added_at, row.last_used_at)
        for row in StaffPasskey.objects.filter(member_id=member_id).order_by("added_at")
    ]


def get_invited(*, token: str, at: datetime) -> Invited | None:
    """Whom an invitation that still waits is for; used, expired and made up look the same."""
    row = (
        StaffInvitation.objects.filter(
            token_hash=hash_secret(token), used_at=None, expires_at__gt=at
        )
        .select_related("member", "member__agency")
        .first()
    )
    if row is None or not is_in_office(row.member, at):
        return None
    return Invited(
        member_id=row.member_id,
        full_name=row.member.full_name,
        email=row.member.email,
        is_first=not StaffPasskey.objects.filter(member_id=row.member_id).exists(),
    )


@dataclass(frozen=True)
class ProposalCard:
    """One act that waits for a second person, or was decided."""

    id: UUID
    act: str
    about: str
    reason: str
    proposer: str
    proposed_at: datetime
    expires_at: datetime
    is_own: bool
    may_approve: bool


def list_proposals(*, by: OnDuty, at: datetime) -> list[ProposalCard]:
    """What waits now and concerns this member: her own, and what she may approve."""
    rows = Proposal.objects.filter(outcome="", expires_at__gt=at).select_related("proposed_by")
    cards = [
        ProposalCard(
            id=row.id,
            act=row.act,
            about=row.about,
            reason=row.reason,
            proposer=row.proposed_by.full_name,
            proposed_at=row.proposed_at,
            expires_at=row.expires_at,
            is_own=row.proposed_by_id == by.member_id,
            may_approve=rules.may_approve(
                act=row.act,
                role=by.role,
                agency=by.agency_slug,
                proposed_in=row.agency_slug,
                is_proposer=row.proposed_by_id == by.member_id,
            ),
        )
        for row in rows.order_by("proposed_at")
    ]
    return [card for card in cards if card.is_own or card.may_approve]


@dataclass(frozen=True)
class SuspensionCard:
    """Something that is suspended."""

    id: UUID
    kind: str
    name: str
    reason: str
    suspended_at: datetime
    is_proposed: bool


def name_target(*, kind: str, target: str) -> str:
    """What staff see of a suspension's target. A person stays a short number: whoever needs more
    has a case."""
    if kind == Suspension.Kind.AGENCY:
        card = agencies.describe_agency(slug=target)
        return card.name if card else target
    if kind == Suspension.Kind.PERSON:
        return _("Account …%s") % target[-8:]
    if kind == Suspension.Kind.STAFF:
        member = StaffMember.objects.filter(id=UUID(target)).first()
        return member.full_name if member else target
    return target


def describe_suspension(about: str) -> str:
    """The target of a suspension, for whoever is asked to lift it."""
    row = Suspension.objects.filter(id=UUID(about)).first()
    return name_target(kind=row.kind, target=row.target) if row else ""


def list_suspensions(*, by: OnDuty) -> list[SuspensionCard]:
    """What is suspended now and is this member's affair; everything, for stewards."""
    rows = Suspension.objects.filter(lifted_at=None)
    if by.role != rules.STEWARD:
        rows = rows.filter(agency_slug=by.agency_slug)
    proposed = set(
        Proposal.objects.filter(act="lift_suspension", outcome="").values_list("about", flat=True)
    )
    return [
        SuspensionCard(
            id=row.id,
            kind=row.kind,
            name=name_target(kind=row.kind, target=row.target),
            reason=row.reason,
            suspended_at=row.suspended_at,
            is_proposed=str(row.id) in proposed,
        )
        for row in rows.order_by("-suspended_at")
    ]
