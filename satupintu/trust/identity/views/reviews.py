# SPDX-License-Identifier: Apache-2.0
"""Staff: proofs by attestation that need a second look, each before its day."""

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from satupintu.foundation.errors import Refusal
from satupintu.trust.identity import actions, queries
from satupintu.trust.identity.models import AttestationReview
from satupintu.trust.staff.access import StaffRequest, show_to_staff, staff_may


@staff_may("attestations.review")
@require_safe
def list_waiting(request: StaffRequest) -> HttpResponse:
    context = {"reviews": queries.list_reviews(), "now": timezone.now()}
    return show_to_staff(request, "identity/reviews.html", context)


@staff_may("attestations.review")
@require_http_methods(["GET", "POST"])
def look(request: StaffRequest, review_id: UUID) -> HttpResponse:
    """Whom to invite, and the decision. Opening it stands in her log."""
    at = timezone.now()
    card = next((one for one in queries.list_reviews() if one.id == review_id), None)
    if card is None:
        raise Http404
    if request.method == "POST":
        outcome = request.POST.get("outcome", "")
        if outcome not in AttestationReview.Outcome.values:
            return redirect("identity_desk:review", review_id)
        try:
            actions.decide_review(
                review_id=review_id,
                outcome=AttestationReview.Outcome(outcome),
                by=request.staff.member_id,
                at=at,
            )
        except Refusal as refusal:
            messages.warning(request, str(refusal))
        else:
            messages.success(request, _("Decided. The person sees it in her access log."))
        return redirect("identity_desk:reviews")
    try:
        contact = actions.read_reviewed(review_id=review_id, by=request.staff.member_id, at=at)
    except Refusal as refusal:
        messages.warning(request, str(refusal))
        return redirect("identity_desk:reviews")
    return show_to_staff(request, "identity/review.html", {"card": card, "contact": contact})
