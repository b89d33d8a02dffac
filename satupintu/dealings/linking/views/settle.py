# SPDX-License-Identifier: Apache-2.0
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from satupintu.dealings.linking import actions, queries
from satupintu.dealings.linking.rules import Standing, proves_strongly
from satupintu.trust.accounts.access import signed_in_al2
from satupintu.trust.agencies.queries import AgencyCard

from .ways import get_account_id, of_an_agency, read_proof, show


@signed_in_al2
@require_http_methods(["GET", "HEAD", "POST"])
@of_an_agency
def settle(request: HttpRequest, agency: AgencyCard) -> HttpResponse:
    """End the waiting time of a new link: what it takes, what is there already, and the end."""
    at = timezone.now()
    link = queries.get_link(account_id=get_account_id(request), agency_slug=agency.slug)
    stand = link.stand(at) if link is not None and link.is_active else None
    if stand is None or stand.standing is not Standing.PROVISIONAL:
        return redirect("linking:agency", slug=agency.slug)
    proof = read_proof(request)
    if request.method != "POST":
        return _show(request, agency, stand, proof, status=200)
    try:
        actions.settle_link(
            account_id=get_account_id(request), agency_slug=agency.slug, at=at, **proof
        )
    except actions.ProofTooWeak as refusal:
        return _show(request, agency, stand, proof, status=refusal.status)
    messages.success(request, _("The waiting time is over. Your link can be used now."))
    return redirect("linking:agency", slug=agency.slug)


def _show(
    request: HttpRequest,
    agency: AgencyCard,
    stand: queries.StandingCard,
    proof: dict[str, int],
    *,
    status: int,
) -> HttpResponse:
    return show(
        request,
        "settle",
        agency,
        stand=stand,
        is_proved=proves_strongly(identity_level=proof["identity_level"], by_passkey=True),
        has_passkey=proof["by_passkey"],
        here=request.path,
        status=status,
    )
