# SPDX-License-Identifier: Apache-2.0
"""The person's pages: freeze, see how it stands, take back link by link."""

from datetime import datetime
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from satupintu.dealings.linking import queries as linking
from satupintu.dealings.protection import actions, queries
from satupintu.foundation.errors import Refusal
from satupintu.trust.accounts import actions as accounts
from satupintu.trust.accounts import queries as people
from satupintu.trust.accounts.access import (
    SignedInRequest,
    freshly_proved,
    public,
    signed_in_al2,
)


@freshly_proved
@require_http_methods(["GET", "HEAD", "POST"])
def freeze(request: SignedInRequest) -> HttpResponse:
    """What stops and what goes on; then it stops, here too."""
    account_id = request.user.pk
    if request.method == "POST":
        at = timezone.now()
        actions.freeze(account_id=account_id, by=None, origin=people.get_origin(request), at=at)
        accounts.give_frozen_view(request=request, account_id=account_id, at=at)
        return redirect("protection:case")
    names = [card.agency.name for card in linking.list_links(account_id=account_id)]
    return render(request, "protection/freeze.html", {"agencies": names})


@public
@never_cache
@require_safe
def show_case(request: HttpRequest) -> HttpResponse:
    """To whoever is signed in, or gave all proofs of a frozen account a short while ago. A thief
    who could do so sees how it stands, and can change nothing. Agencies are named at AL2 only."""
    at = timezone.now()
    is_signed_in = request.user.is_authenticated
    account_id = (
        request.user.pk
        if is_signed_in
        else people.get_frozen_account(session=request.session, at=at)
    )
    if account_id is None:
        return redirect(f"{reverse('account_login')}?next={reverse('protection:case')}")
    case = queries.get_case(account_id=account_id, at=at)
    if case is None:
        return redirect("accounts:not_me")
    links = case.links if _may_see_links(request, account_id, case, at) else ()
    context = {
        "case": case,
        "links": links,
        "are_links_hidden": len(links) < len(case.links),
        "is_signed_in": is_signed_in,
        "at": at,
        "may_decide": is_signed_in and case.is_renewed and case.closed_at is None,
        "needs_second": is_signed_in and not people.has_second_factor(account_id=account_id),
        "undecided": any(not line.outcome for line in case.links),
    }
    return render(request, "protection/case.html", context)


def _may_see_links(
    request: HttpRequest, account_id: UUID, case: queries.CaseCard, at: datetime
) -> bool:
    """One factor does not even see what is linked (safety rule 2)."""
    if request.user.is_authenticated:
        assurance = people.get_assurance(session=request.session, at=at)
        return assurance is not None and assurance.level >= 2
    # Nobody is signed in: all proofs of a frozen account were given, and they were two where it
    # has a second factor.
    return case.closed_at is None and people.has_second_factor(account_id=account_id)


@signed_in_al2
@require_POST
def take_back(request: SignedInRequest, link_id: UUID) -> HttpResponse:
    try:
        actions.take_back_link(account_id=request.user.pk, link_id=link_id, at=timezone.now())
    except Refusal as refusal:
        messages.warning(request, str(refusal))
    else:
        messages.success(request, _("It is yours again. The agency is told."))
    return redirect("protection:case")


@signed_in_al2
@require_POST
def end(request: SignedInRequest, link_id: UUID) -> HttpResponse:
    try:
        actions.end_link(account_id=request.user.pk, link_id=link_id, at=timezone.now())
    except Refusal as refusal:
        messages.warning(request, str(refusal))
    else:
        messages.success(request, _("The link is ended. The agency is told."))
    return redirect("protection:case")
