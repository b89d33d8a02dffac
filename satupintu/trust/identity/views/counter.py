# SPDX-License-Identifier: Apache-2.0
"""At a counter, the person's side: a code to show, and what became of it."""

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from satupintu.foundation.errors import Refusal
from satupintu.trust.accounts.access import SignedInRequest, signed_in_al2
from satupintu.trust.identity import actions, queries
from satupintu.trust.identity.models import ProofCode
from satupintu.trust.identity.queries import CodeState

from .shown import keep_shown, read_shown

PURPOSE = ProofCode.Purpose.COUNTER
SHOWN = "identity.shown.counter"


@signed_in_al2
@require_http_methods(["GET", "POST"])
def ask_code(request: SignedInRequest) -> HttpResponse:
    """What to bring, and the button for the code."""
    refusal = None
    if request.method == "POST":
        try:
            shown = actions.make_code(
                account_id=request.user.pk, purpose=PURPOSE, at=timezone.now()
            )
        except Refusal as error:
            refusal = error
        else:
            keep_shown(request, SHOWN, shown)
            return redirect("identity:counter_code")
    context = {"full_name": request.user.full_name, "refusal": refusal}
    status = refusal.status if refusal else 200
    return render(request, "identity/counter.html", context, status=status)


@signed_in_al2
@require_safe
def show_code(request: SignedInRequest) -> HttpResponse:
    """The code, large; and as soon as it was used, what she has reached."""
    at = timezone.now()
    state = queries.get_code_state(account_id=request.user.pk, purpose=PURPOSE, at=at)
    if state is CodeState.USED:
        request.session.pop(SHOWN, None)
        return redirect("identity:done")
    shown = read_shown(request, SHOWN)
    if shown is None or state is CodeState.OVER:
        return redirect("identity:counter")
    context = {
        "shown": shown,
        "is_opened": state is CodeState.OPENED,
        "full_name": request.user.full_name,
    }
    return render(request, "identity/counter_code.html", context)
