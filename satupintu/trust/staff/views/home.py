# SPDX-License-Identifier: Apache-2.0
from django.http import HttpResponse
from django.utils import timezone

from satupintu.trust.staff import queries, rules
from satupintu.trust.staff.access import StaffRequest, staff_may

from .page import show


@staff_may("home.see")
def home(request: StaffRequest) -> HttpResponse:
    """What this role may do, and what waits."""
    at = timezone.now()
    waiting = (
        [
            card
            for card in queries.list_looked_after(by=request.staff, at=at)
            if card.review is not rules.Review.CONFIRMED
        ]
        if request.staff.may("members.review")
        else []
    )
    context = {
        "waiting": len(waiting),
        "passkeys": len(queries.list_passkeys(member_id=request.staff.member_id)),
    }
    return show(request, "staff/home.html", context)
