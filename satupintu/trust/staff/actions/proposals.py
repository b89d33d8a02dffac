# SPDX-License-Identifier: Apache-2.0
"""Four eyes: one proposes, another approves, and in that moment it is done.

Any part may bring an act: a line in `rules.FOUR_EYES` says who, `register_act` says what.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from satupintu.foundation.errors import Refusal
from satupintu.trust.rulebook import queries as rulebook
from satupintu.trust.staff import queries, rules
from satupintu.trust.staff.models import Proposal, StaffMember

from .invite import NotYours


class OwnProposal(Refusal):
    code = "staff_own_proposal"
    message = _("You proposed this yourself. Somebody else must look at it.")
    status = 403


class ProposalOver(Refusal):
    code = "staff_proposal_over"
    message = _("This was decided already, or it waited too long.")
    status = 409


class ProposedAlready(Refusal):
    code = "staff_proposed_already"
    message = _("This is proposed already and waits for a second person.")
    status = 409


class ReasonNeeded(Refusal):
    code = "staff_reason_needed"
    message = _("Say why, in one sentence.")


@dataclass(frozen=True)
class Approved:
    """An act whose second pair of eyes has just agreed."""

    proposal_id: UUID
    about: str
    reason: str
    proposed_by: UUID
    approved_by: UUID
    at: datetime


@dataclass(frozen=True)
class Act:
    """What an approved proposal does. `carry_out` runs in the transaction of the approval: what it
    refuses leaves the proposal open. `describe` says in words what `about` is."""

    title: str | Promise
    carry_out: Callable[[Approved], None]
    describe: Callable[[str], str]


_acts: dict[str, Act] = {}


def register_act(name: str, act: Act) -> None:
    """From `AppConfig.ready()` only. Raises ValueError for an act that FOUR_EYES does not name:
    nobody could propose it."""
    if name not in rules.FOUR_EYES:
        raise ValueError(f"{name} stands not in rules.FOUR_EYES")
    if _acts.setdefault(name, act) is not act:
        raise ValueError(f"{name} is registered already")


def get_act(name: str) -> Act:
    """Raises KeyError for an act that nobody registered."""
    return _acts[name]


def clean_reason(reason: str) -> str:
    kept = " ".join(reason.split())[:500]
    if len(kept) < 5:
        raise ReasonNeeded
    return kept


def get_colleague(member_id: UUID, at: datetime) -> StaffMember:
    """Somebody who may act now. Raises NotYours for one who left a moment ago."""
    member = StaffMember.objects.select_related("agency").filter(id=member_id).first()
    if member is None or not queries.is_in_office(member, at):
        raise NotYours
    return member


def slug_of(member: StaffMember) -> str:
    return member.agency.slug if member.agency else ""


@transaction.atomic
def propose(*, act: str, about: str, reason: str, by: UUID, at: datetime) -> UUID:
    """Ask for a second pair of eyes. Does nothing yet, and ends by itself after the rulebook's time.

    Raises NotYours, ReasonNeeded or ProposedAlready. KeyError for an act nobody registered.
    """
    get_act(act)
    member = get_colleague(by, at)
    if not rules.may_propose(act=act, role=member.role):
        raise NotYours
    kept = clean_reason(reason)
    Proposal.objects.filter(act=act, about=about, outcome="", expires_at__lte=at).update(
        outcome=Proposal.Outcome.EXPIRED
    )
    try:
        with transaction.atomic():
            proposal = Proposal.objects.create(
                act=act,
                about=about,
                reason=kept,
                agency_slug=slug_of(member),
                proposed_by=member,
                proposed_at=at,
                expires_at=at + rulebook.get_duration("staff.proposal_lifetime", at=at),
            )
    except IntegrityError as error:
        raise ProposedAlready from error
    return proposal.id


def _lock_open(proposal_id: UUID, at: datetime) -> Proposal:
    # Two approvers at once meet at this lock; the second finds it decided.
    proposal = (
        Proposal.objects.select_for_update(of=("self",))
        .filter(id=proposal_id, outcome="", expires_at__gt=at)
        .first()
    )
    if proposal is None:
        raise ProposalOver
    return proposal


def _require_second(proposal: Proposal, by: UUID, at: datetime) -> StaffMember:
    member = get_colleague(by, at)
    if proposal.proposed_by_id == member.id:
        raise OwnProposal
    if not rules.may_approve(
        act=proposal.act,
        role=member.role,
        agency=slug_of(member),
        proposed_in=proposal.agency_slug,
        is_proposer=False,
    ):
        raise NotYours
    return member


def _decide(proposal: Proposal, outcome: str, by: UUID, at: datetime) -> None:
    proposal.outcome, proposal.decided_by_id, proposal.decided_at = outcome, by, at
    proposal.save(update_fields=["outcome", "decided_by", "decided_at"])


@transaction.atomic
def approve(*, proposal_id: UUID, by: UUID, at: datetime) -> None:
    """Approve, and carry the act out in the same transaction: both or neither, and once.

    Raises ProposalOver, OwnProposal, NotYours, or what the act itself refuses.
    """
    proposal = _lock_open(proposal_id, at)
    member = _require_second(proposal, by, at)
    _decide(proposal, Proposal.Outcome.APPROVED, member.id, at)
    get_act(proposal.act).carry_out(
        Approved(
            proposal_id=proposal.id,
            about=proposal.about,
            reason=proposal.reason,
            proposed_by=proposal.proposed_by_id,
            approved_by=member.id,
            at=at,
        )
    )


@transaction.atomic
def refuse(*, proposal_id: UUID, by: UUID, at: datetime) -> None:
    """Say no; the proposer may take it back in the same way.

    Raises ProposalOver or NotYours.
    """
    proposal = _lock_open(proposal_id, at)
    if proposal.proposed_by_id == by:
        _decide(proposal, Proposal.Outcome.WITHDRAWN, by, at)
        return
    member = _require_second(proposal, by, at)
    _decide(proposal, Proposal.Outcome.REFUSED, member.id, at)
