# SPDX-License-Identifier: Apache-2.0
"""Where the account is signed in, what happened to it, and "it was not me"."""

from typing import cast
from uuid import UUID

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from satupintu.trust.accounts import actions, queries
from satupintu.trust.accounts.access import SignedInRequest, public, signed_in
from satupintu.trust.accounts.rescues import get_rescue

from .authenticator import say


@signed_in
def sessions(request: SignedInRequest) -> HttpResponse:
    cards = queries.list_sessions(
        account_id=request.user.pk,
        session_id=queries.get_session_id(session=request.session),
        at=timezone.now(),
    )
    return render(request, "accounts/sessions.html", {"sessions": cards})


@signed_in
@require_POST
def end_session(request: SignedInRequest, session_id: UUID) -> HttpResponse:
    own = queries.get_session_id(session=request.session)
    if session_id == own:
        return redirect("account_logout")
    actions.end_session(
        account_id=request.user.pk,
        session_id=session_id,
        ended_by=own,
        origin=queries.get_origin(request),
        at=timezone.now(),
    )
    # Ended already, by another tab or by itself, is as good as ended.
    say(request, _("That sign-in is ended."))
    return redirect("accounts:sessions")


def _end_others(request: SignedInRequest) -> int:
    return actions.end_other_sessions(
        account_id=request.user.pk,
        kept=queries.get_session_id(session=request.session),
        origin=queries.get_origin(request),
        at=timezone.now(),
    )


@signed_in
@require_POST
def end_others(request: SignedInRequest) -> HttpResponse:
    ended = _end_others(request)
    say(
        request,
        ngettext("%(n)s sign-in is ended.", "%(n)s sign-ins are ended.", ended) % {"n": ended},
    )
    return redirect("accounts:sessions")


@signed_in
@require_POST
def stay(request: SignedInRequest) -> HttpResponse:
    """More time before proof lapses (safety rule 7). The session was touched when it was loaded,
    as by any page; here is how much there is now."""
    at = timezone.now()
    end = queries.get_proof_end(session=request.session, at=at)
    return JsonResponse(
        {
            "seconds_left": int((end.at - at).total_seconds()) if end else 0,
            "can_extend": end is not None and end.can_extend,
        }
    )


@signed_in
def activity(request: SignedInRequest) -> HttpResponse:
    lines = queries.list_activity(account_id=request.user.pk)
    return render(request, "accounts/activity.html", {"lines": lines})


@public
@never_cache
@require_http_methods(["GET", "POST"])
def not_me(request: HttpRequest) -> HttpResponse:
    """For anybody who fears that somebody else was here. Signed in, one press ends all others."""
    if request.method == "POST" and request.user.is_authenticated:
        ended = _end_others(cast("SignedInRequest", request))
        context = {
            "ended": ended,
            "lines": queries.list_activity(account_id=request.user.pk, limit=10),
        }
        return render(request, "accounts/not_me_done.html", context)
    return render(request, "accounts/not_me.html", {"rescue": get_rescue()})
