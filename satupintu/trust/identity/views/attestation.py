# SPDX-License-Identifier: Apache-2.0
"""Without papers: a code for each of two people who vouch. One factor is enough to show it, also on
a borrowed phone; it opens nothing (safety rules 8 and 17)."""

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from satupintu.foundation.errors import Refusal
from satupintu.trust.accounts.access import SignedInRequest, signed_in
from satupintu.trust.identity import actions, queries
from satupintu.trust.identity.models import ProofCode
from satupintu.trust.identity.queries import CodeState

from .shown import keep_shown, read_shown

PURPOSE = ProofCode.Purpose.ATTESTATION
SHOWN = "identity.shown.attestation"


@signed_in
@require_http_methods(["GET", "POST"])
def ask_code(request: SignedInRequest) -> HttpResponse:
    """How it goes, how many have vouched, and the button for the next code."""
    at = timezone.now()
    refusal = None
    if request.method == "POST":
        try:
            shown = actions.make_code(account_id=request.user.pk, purpose=PURPOSE, at=at)
        except Refusal as error:
            refusal = error
        else:
            keep_shown(request, SHOWN, shown)
            return redirect("identity:attestation_code")
    context = {
        "full_name": request.user.full_name,
        "words": queries.count_words(account_id=request.user.pk, at=at),
        "refusal": refusal,
    }
    status = refusal.status if refusal else 200
    return render(request, "identity/attestation.html", context, status=status)


@signed_in
@require_safe
def show_code(request: SignedInRequest) -> HttpResponse:
    """The code, large. Once it was used: one word more, or the proof."""
    at = timezone.now()
    state = queries.get_code_state(account_id=request.user.pk, purpose=PURPOSE, at=at)
    if state is CodeState.USED:
        request.session.pop(SHOWN, None)
        is_waiting = queries.count_words(account_id=request.user.pk, at=at)
        return redirect("identity:attestation" if is_waiting else "identity:done")
    shown = read_shown(request, SHOWN)
    if shown is None or state is CodeState.OVER:
        return redirect("identity:attestation")
    context = {
        "shown": shown,
        "is_opened": state is CodeState.OPENED,
        "full_name": request.user.full_name,
    }
    return render(request, "identity/attestation_code.html", context)
