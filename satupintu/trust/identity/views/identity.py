# SPDX-License-Identifier: Apache-2.0
"""Prove who you are: why, what is kept, the way there and back."""

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import get_language
from django.views.decorators.http import (
    require_GET,
    require_http_methods,
    require_POST,
    require_safe,
)

from satupintu.foundation.errors import Refusal
from satupintu.trust.accounts.access import (
    SignedInRequest,
    freshly_proved,
    signed_in,
    signed_in_al2,
)
from satupintu.trust.identity import actions, queries
from satupintu.trust.identity.models import Proofing

# Where a visit to a provider waits in the session.
VISIT = "identity.visit"
NEXT = "identity.next"


@signed_in
@require_safe
def show_identity(request: SignedInRequest) -> HttpResponse:
    return _show(request, next_page=_read_next(request))


@signed_in_al2
@require_POST
def go_to_provider(request: SignedInRequest) -> HttpResponse:
    """To the provider. A browser refuses a redirect elsewhere that follows a form (CSP
    form-action), so a page that goes on by itself takes its place."""
    if not settings.IDENTITY_PROVIDER:
        raise Http404
    next_page = _read_next(request)
    try:
        started = actions.start_visit(
            account_id=request.user.pk,
            redirect_uri=settings.PUBLIC_URL + reverse("identity:return"),
            language=get_language() or "id",
            at=timezone.now(),
        )
    except Refusal as refusal:
        return _show(request, next_page=next_page, refusal=refusal)
    request.session[VISIT] = started.sealed
    request.session[NEXT] = next_page
    context = {"address": started.url, "provider": settings.IDENTITY_PROVIDER["name"]}
    return render(request, "identity/onward.html", context)


@signed_in_al2
@require_GET
def come_back(request: SignedInRequest) -> HttpResponse:
    """From the provider. Used up at once: nothing comes back twice."""
    sealed = request.session.pop(VISIT, "")
    next_page = request.session.get(NEXT, "")
    try:
        actions.finish_visit(
            account_id=request.user.pk,
            full_name=request.user.full_name,
            sealed=sealed,
            answer=request.GET.dict(),
            at=timezone.now(),
        )
    except Refusal as refusal:
        return _show(request, next_page=next_page, refusal=refusal)
    # Without what the provider put into the address.
    return redirect("identity:done")


@signed_in
@require_safe
def show_done(request: SignedInRequest) -> HttpResponse:
    at = timezone.now()
    level = queries.get_level_of_user(request.user, at=at)
    if not level:
        return redirect("identity:identity")
    proofs = queries.list_proofings(account_id=request.user.pk)
    context = {
        "level": level,
        "proof": next((proof for proof in proofs if proof.is_standing(at=at)), None),
        "provider": settings.IDENTITY_PROVIDER.get("name", ""),
        "next": request.session.pop(NEXT, ""),
    }
    return render(request, "identity/done.html", context)


@freshly_proved
@require_http_methods(["GET", "POST"])
def end_proof(request: SignedInRequest, proofing_id: str) -> HttpResponse:
    at = timezone.now()
    proofs = queries.list_proofings(account_id=request.user.pk)
    proof = next((one for one in proofs if one.id == proofing_id), None)
    if proof is None or not proof.is_standing(at=at):
        raise Http404
    if request.method == "POST":
        actions.end_proofing(
            account_id=request.user.pk,
            proofing_id=proof.id,
            reason=Proofing.EndReason.WITHDRAWN,
            at=at,
        )
        return redirect("identity:identity")
    return render(request, "identity/end.html", {"proof": proof})


def _show(
    request: SignedInRequest, *, next_page: str, refusal: Refusal | None = None
) -> HttpResponse:
    at = timezone.now()
    proofs = queries.list_proofings(account_id=request.user.pk)
    context = {
        "level": queries.get_level_of_user(request.user, at=at),
        "standing": [proof for proof in proofs if proof.is_standing(at=at)],
        "former": [proof for proof in proofs if not proof.is_standing(at=at)],
        "provider": settings.IDENTITY_PROVIDER.get("name", ""),
        "full_name": request.user.full_name,
        "is_attester": queries.is_attester(account_id=request.user.pk),
        "next": next_page,
        "refusal": refusal,
    }
    return render(
        request, "identity/identity.html", context, status=refusal.status if refusal else 200
    )


def _read_next(request: HttpRequest) -> str:
    """The page of ours to go back to; an address elsewhere counts as none."""
    wanted = request.POST.get("next") or request.GET.get("next") or ""
    is_ours = wanted.startswith("/") and url_has_allowed_host_and_scheme(
        wanted, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    )
    return wanted if is_ours else ""
