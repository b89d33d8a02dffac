# SPDX-License-Identifier: Apache-2.0
"""What the pages of one agency share: which agency, which person, and where a "no" leads."""

import math
from collections.abc import Callable
from datetime import timedelta
from functools import wraps
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone

from satupintu.dealings.exchange import actions as exchange
from satupintu.dealings.linking import actions
from satupintu.dealings.linking.rules import other_route
from satupintu.trust.accounts import actions as account_actions
from satupintu.trust.accounts import queries as accounts
from satupintu.trust.agencies import queries as agencies
from satupintu.trust.agencies.queries import AgencyCard
from satupintu.trust.identity import queries as identities

View = Callable[..., HttpResponse]
# RFC 8176: a key that was proved, on a device or synchronised.
PASSKEY_METHODS = frozenset({"hwk", "swk"})


def get_account_id(request: HttpRequest) -> UUID:
    """For views that only signed-in people reach."""
    account_id: UUID = request.user.pk  # type: ignore[assignment]
    return account_id


def read_proof(request: HttpRequest) -> dict[str, Any]:
    """How well we know who sits here: what a link is made with, and what shortens its wait."""
    at = timezone.now()
    assurance = accounts.get_assurance(session=request.session, at=at)
    methods = assurance.methods if assurance else ()
    return {
        "identity_level": identities.get_level_of_user(request.user, at=at),
        "by_passkey": not PASSKEY_METHODS.isdisjoint(methods),
    }


def of_an_agency(view: View) -> View:
    """Hand the agency itself to a view of its pages, and answer the refusals that any of its
    steps may meet. An unknown agency is a page that does not exist; a suspended one says so."""

    @wraps(view)
    def answered(request: HttpRequest, slug: str) -> HttpResponse:
        agency = find_agency(slug)
        if agency.is_suspended:
            return show(request, "suspended", agency, status=404)
        try:
            return view(request, agency)
        except exchange.AgencyTakesNoPart:
            return show(request, "suspended", agency, status=404)
        except actions.RouteClosed as refusal:
            return show_closed(request, agency, refusal)
        except actions.AlreadyLinked as refusal:
            messages.info(request, str(refusal))
            return redirect("linking:agency", slug=agency.slug)
        except (account_actions.AccountPaused, account_actions.AccountFrozen) as refusal:
            # It was stopped while she was on this page.
            return show(request, "stopped", agency, refusal=refusal, status=refusal.status)

    return answered


def find_agency(slug: str) -> AgencyCard:
    agency = agencies.describe_agency(slug=slug)
    if agency is None:
        raise Http404
    return agency


def show(
    request: HttpRequest,
    page: str,
    agency: AgencyCard,
    *,
    status: int = 200,
    **context: Any,
) -> HttpResponse:
    return render(request, f"linking/{page}.html", {"agency": agency, **context}, status=status)


def show_closed(
    request: HttpRequest, agency: AgencyCard, refusal: actions.RouteClosed
) -> HttpResponse:
    response = show(
        request,
        "closed",
        agency,
        status=429,
        route=refusal.route,
        other=other_route(refusal.route),
        hours=count_hours(refusal.opens_in),
    )
    response.headers["Retry-After"] = str(max(1, int(refusal.opens_in.total_seconds())))
    return response


def count_hours(wait: timedelta) -> int:
    """Whole hours, rounded up: nobody comes back a minute too early."""
    return max(1, math.ceil(wait.total_seconds() / 3600))
