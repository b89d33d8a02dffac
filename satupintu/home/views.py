# SPDX-License-Identifier: Apache-2.0
from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.cache import add_never_cache_headers
from django.views.decorators.http import require_safe

from satupintu.dealings.inbox import queries as inbox
from satupintu.trust.accounts import queries as accounts
from satupintu.trust.accounts.access import public, signed_in
from satupintu.trust.agencies import queries as agencies

from . import queries
from .rules import name_part_of_day


def _no_store_when_signed_in(view: Callable[[HttpRequest], HttpResponse]) -> Any:
    """The top of every page names the person: on a shared device nothing of it stays behind."""

    @wraps(view)
    def guarded(request: HttpRequest) -> HttpResponse:
        response = view(request)
        if request.user.is_authenticated:
            add_never_cache_headers(response)
        return response

    return guarded


@public
@require_safe
def front(request: HttpRequest) -> HttpResponse:
    if request.user.is_authenticated:
        return HttpResponseRedirect(reverse("home:home"))
    return render(request, "home/front.html", {"agencies": agencies.list_agencies()})


@signed_in
@require_safe
def home(request: HttpRequest) -> HttpResponse:
    now = timezone.now()
    context: dict[str, Any] = {
        "now": now,
        "part_of_day": name_part_of_day(timezone.localtime(now)),
    }
    assurance = accounts.get_assurance(session=request.session, at=now)
    if assurance is None or assurance.level < 2:
        # One factor sees nothing of anybody's record (safety rule 2): only that something waits.
        context["waiting_count"] = inbox.get_waiting(request=request).count
        return render(request, "home/locked.html", context)
    context["overview"] = queries.get_overview(
        account_id=request.user.pk,  # type: ignore[arg-type]
        session_id=accounts.get_session_id(session=request.session),  # type: ignore[arg-type]
        waiting=inbox.get_waiting(request=request),
    )
    return render(request, "home/home.html", context)


@public
@_no_store_when_signed_in
@require_safe
def help_page(request: HttpRequest) -> HttpResponse:
    return render(request, "home/help.html")


@public
@_no_store_when_signed_in
@require_safe
def privacy(request: HttpRequest) -> HttpResponse:
    return render(request, "home/privacy.html")
