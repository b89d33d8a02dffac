# SPDX-License-Identifier: Apache-2.0
"""Signing out when a site asks for it (OpenID Connect RP-Initiated Logout 1.0)."""

from typing import cast
from urllib.parse import urlencode
from uuid import UUID

from authlib.common.urls import add_params_to_uri
from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.cache import add_never_cache_headers
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_POST

from satupintu.trust.accounts import actions as accounts
from satupintu.trust.accounts.access import SignedInRequest, protocol
from satupintu.trust.accounts.queries import get_origin, get_session_id
from satupintu.trust.signin import queries
from satupintu.trust.signin.provider.logout import (
    LogoutRequest,
    read_logout_request,
    seal,
    unseal,
)


@protocol("the person's own session; an ID token of ours tells which site asks")
@csrf_exempt
@require_http_methods(["GET", "POST"])
def end_session(request: HttpRequest) -> HttpResponse:
    """Ends the session at once for an ID token that was given in this very session; that token is
    known to its agency alone, so no stranger's page can do it. Everybody else is asked first.
    """
    if request.method == "POST":
        # A form on another site brings no session cookie (SameSite=Lax); a GET from here does.
        sealed = seal(read_logout_request(request.POST.dict()))
        return _redirect(f"{request.path}?{urlencode({'asked': sealed})}")
    if "asked" in request.GET:
        asked = unseal(request.GET["asked"])
    else:
        asked = read_logout_request(request.GET.dict())
    if not request.user.is_authenticated:
        return _go_on(request, asked)
    # `logout_hint` decides nothing: if it did, a site could try addresses until one fits.
    if asked.names_session(get_session_id(session=request.session)):
        return _sign_out(request, asked)
    return _ask(cast("SignedInRequest", request), asked)


@protocol("the person's own session and the form's own token against forgery")
@require_POST
def confirm(request: HttpRequest) -> HttpResponse:
    """The button of the page that asked. Twice is as good as once."""
    return _sign_out(request, unseal(request.POST.get("asked", "")))


def _ask(request: SignedInRequest, asked: LogoutRequest) -> HttpResponse:
    session_id = get_session_id(session=request.session)
    visited = (
        queries.list_agencies_visited(account_id=request.user.pk, session_id=session_id)
        if session_id
        else []
    )
    context = {
        "agency": asked.client.agency if asked.client else None,
        "visited": visited,
        "means_another": asked.means_another(*_list_names(request, asked, session_id)),
        "asked": seal(asked),
    }
    response = render(request, "signin/logout.html", context)
    add_never_cache_headers(response)
    return response


def _list_names(
    request: SignedInRequest, asked: LogoutRequest, session_id: UUID | None
) -> list[str]:
    """By which a site may mean this person or her session. Only she sees whether one fits."""
    names = [request.user.email]
    if asked.client is not None:
        sector, client_id = asked.client.agency.sector, asked.client.client_id
        names.append(queries.get_subject(account_id=request.user.pk, sector=sector) or "")
        if session_id is not None:
            names.append(queries.get_sid(session_id=session_id, client_id=client_id))
    return names


def _sign_out(request: HttpRequest, asked: LogoutRequest) -> HttpResponse:
    accounts.close_session(request=request, origin=get_origin(request), at=timezone.now())
    response = _go_on(request, asked)
    # What a shared phone kept of the pages goes too, as after every sign-out.
    response.headers["Clear-Site-Data"] = '"cache", "storage"'
    return response


def _go_on(request: HttpRequest, asked: LogoutRequest) -> HttpResponse:
    """Back to the site that asked and proved it, or to our own last page."""
    if asked.client is None or not asked.redirect_uri:
        return _redirect(_last_page(request, asked))
    address = asked.redirect_uri
    if asked.state:
        address = add_params_to_uri(address, {"state": asked.state})
    if request.method != "POST" or "Sec-Fetch-Dest" not in request.headers:
        return _redirect(address)
    # Browsers hold `form-action` against a redirect that follows a form (views/authorize.py).
    context = {"agency": asked.client.agency, "address": address}
    response = render(request, "signin/on_the_way.html", context)
    add_never_cache_headers(response)
    return response


def _last_page(request: HttpRequest, asked: LogoutRequest) -> str:
    """Ours, in the language that the site names unless she chose one on this device."""
    page = reverse("accounts:signed_out")
    if asked.language and settings.LANGUAGE_COOKIE_NAME not in request.COOKIES:
        return f"{page}?{urlencode({'lang': asked.language})}"
    return page


def _redirect(address: str) -> HttpResponseRedirect:
    response = HttpResponseRedirect(address)
    response.status_code = 303
    response.headers["Cache-Control"] = "no-store"
    return response
