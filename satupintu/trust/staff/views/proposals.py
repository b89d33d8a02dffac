# SPDX-License-Identifier: Apache-2.0
"""What takes two people: what waits for the second, and her yes or no."""

from dataclasses import dataclass
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from satupintu.foundation.errors import Refusal
from satupintu.trust.staff import actions, queries
from satupintu.trust.staff.access import StaffRequest, staff_may

from .page import show


@dataclass(frozen=True)
class Line:
    """A proposal in the words of its act."""

    card: queries.ProposalCard
    title: str
    what: str


@staff_may("proposals.see")
def proposals(request: StaffRequest) -> HttpResponse:
    lines = [
        Line(card=card, title=str(act.title), what=act.describe(card.about))
        for card in queries.list_proposals(by=request.staff, at=timezone.now())
        for act in [actions.get_act(card.act)]
    ]
    context = {
        "waiting": [line for line in lines if line.card.may_approve],
        "own": [line for line in lines if line.card.is_own],
    }
    return show(request, "staff/proposals.html", context)


@staff_may("proposals.see")
@require_POST
def approve(request: StaffRequest, proposal_id: UUID) -> HttpResponse:
    try:
        actions.approve(proposal_id=proposal_id, by=request.staff.member_id, at=timezone.now())
    except Refusal as refusal:
        messages.warning(request, str(refusal))
    else:
        messages.success(request, _("Approved and done."))
    return redirect("staff:proposals")


@staff_may("proposals.see")
@require_POST
def refuse(request: StaffRequest, proposal_id: UUID) -> HttpResponse:
    try:
        actions.refuse(proposal_id=proposal_id, by=request.staff.member_id, at=timezone.now())
    except Refusal as refusal:
        messages.warning(request, str(refusal))
    else:
        messages.success(request, _("It will not be done."))
    return redirect("staff:proposals")
