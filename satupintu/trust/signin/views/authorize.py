# SPDX-License-Identifier: Apache-2.0
"""The authorization endpoint: a person arrives from an agency and goes back signed in."""

from urllib.parse import urlencode

from authlib.oauth2.base import OAuth2Error
from authlib.oauth2.rfc6749 import AccessDeniedError
from authlib.oidc.core.errors import LoginRequiredError
from django.conf import settings
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.cache import add_never_cache_headers
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_POST

from satupintu.trust.accounts import actions as accounts
from satupintu.trust.accounts.access import protocol
from satupintu.trust.accounts.queries import get_origin
from satupintu.trust.consent import actions as consents
from satupintu.trust.consent import queries as consent_queries
from satupintu.trust.signin import actions, queries
from satupintu.trust.signin.acr import Pair, name_acr
from satupintu.trust.signin.forms import OfferedForm
from satupintu.trust.signin.provider import ProviderRequest, server
from satupintu.trust.signin.provider.arrival import Arrival, receive_arrival
from satupintu.trust.signin.provider.bound import read_asked_key
from satupintu.trust.signin.provider.demands import UnmetAuthenticationRequirements
from satupintu.trust.signin.provider.freshness import mark_request
from satupintu.trust.signin.provider.hints import find_language
from satupintu.trust.signin.provider.pushed import use_up_pushed
from satupintu.trust.signin.rules import OFFLINE_ACCESS, Step

# Where a person is sent before the request can be answered; she comes back by `next`.
PAGES = {
    Step.SIGN_IN: "account_login",
    Step.STEP_UP: "accounts:step_up",
}
TEMPLATES = {
    Step.SIGN_IN_AGAIN: "again",
    Step.OTHER_PERSON: "other_person",
    Step.PROVE_IDENTITY: "identity",
    Step.WAIT: "waits",
}
AGREEABLE = {Step.CHOOSE_ACCOUNT, Step.ASK_CONSENT, Step.ANSWER}


@protocol("the person's own session, at the level that the rulebook and the agency ask for")
@csrf_exempt
@require_http_methods(["GET", "POST"])
def authorize(request: HttpRequest) -> HttpResponse:
    """OpenID Connect Core 1.0, section 3.1.2."""
    if request.method == "POST":
        # A form on another site brings no session cookie (SameSite=Lax); a GET from here does.
        return _redirect(f"{request.path}?{request.POST.urlencode()}")
    asked = ProviderRequest(request, request.GET, at=timezone.now())
    try:
        return _go_on(request, receive_arrival(request, asked))
    except OAuth2Error as error:
        return _refuse(request, asked, error)


# What it asks a person is a page: the language can be changed in the middle of it.
authorize.is_page = True  # type: ignore[attr-defined]


def _go_on(request: HttpRequest, arrival: Arrival) -> HttpResponse:
    """Raises OAuth2Error."""
    if arrival.step in PAGES:
        return _send_to_page(request, arrival)
    if arrival.step is Step.ANSWER:
        try:
            return _send_back(request, arrival, _answer(arrival))
        except actions.SessionOver:
            # It ended while we looked: ask again, and find nobody signed in.
            return _begin_again(arrival)
    if arrival.asked.is_pushed and arrival.mark is None:
        return _begin_again(arrival)
    return _ask(request, arrival)


@protocol("the person's own session and the form's own token against forgery")
@require_POST
def decide(request: HttpRequest) -> HttpResponse:
    """What the person chose on the page that `authorize` showed; its request is in the address."""
    asked = ProviderRequest(request, request.GET, at=timezone.now())
    try:
        return _decide(request, receive_arrival(request, asked))
    except OAuth2Error as error:
        return _refuse(request, asked, error)


def _decide(request: HttpRequest, arrival: Arrival) -> HttpResponse:
    """Raises OAuth2Error."""
    asked, decision = arrival.asked, request.POST.get("decision")
    if decision == "refuse":
        use_up_pushed(asked)
        refused = server.refuse(asked, _name_refusal(arrival))
        return _send_back(request, arrival, refused)
    if decision == "switch":
        accounts.close_session(request=request, origin=get_origin(request), at=asked.at)
        response = _send_to_page(request, arrival, Step.SIGN_IN)
        # What a shared phone kept of the pages goes too, as after every sign-out.
        response.headers["Clear-Site-Data"] = '"cache", "storage"'
        return response
    account_id = arrival.account_id
    if decision != "agree" or account_id is None or arrival.step not in AGREEABLE:
        # The session lapsed while the page stood open: begin again, nothing was agreed to.
        return _begin_again(arrival)
    try:
        with transaction.atomic():
            consents.give_consent(
                account_id=account_id,
                agency_slug=arrival.agency.slug,
                attributes=arrival.missing | (arrival.offered & set(request.POST.getlist("also"))),
                purpose=actions.PURPOSE,
                level=arrival.assurance.level if arrival.assurance else 0,
                at=asked.at,
            )
            answer = _answer(arrival)
    except actions.SessionOver:
        return _begin_again(arrival)
    return _send_back(request, arrival, answer)


def _answer(arrival: Arrival) -> HttpResponse:
    """The redirect with a code. Only for an arrival that has nothing left to ask.

    Raises OAuth2Error where a pushed request was answered before.
    """
    asked, account_id, assurance = arrival.asked, arrival.account_id, arrival.assurance
    if account_id is None or assurance is None or arrival.session_id is None:
        raise PermissionError("nobody is signed in")
    sign_in = actions.SignIn(
        account_id=account_id,
        session_id=arrival.session_id,
        subject=actions.ensure_subject(
            account_id=account_id, sector=arrival.agency.sector, at=asked.at
        ),
        client_id=asked.client.get_client_id(),
        redirect_uri=arrival.grant.redirect_uri,
        scope=asked.scope,
        nonce=asked.payload.data.get("nonce", ""),
        code_challenge=asked.payload.data["code_challenge"],
        acr=name_acr(Pair(arrival.identity, assurance.level)),
        methods=assurance.methods,
        authenticated_at=assurance.authenticated_at,
        userinfo_attributes=tuple(sorted(asked.requested_claims.in_userinfo)),
        id_token_attributes=tuple(sorted(asked.requested_claims.in_id_token)),
        dpop_jkt=read_asked_key(asked),
        changes_wait_until=arrival.passage.changes_wait_until,
    )
    answer = server.handle_response(
        *arrival.grant.create_authorization_response(arrival.grant.redirect_uri, sign_in)
    )
    use_up_pushed(asked)
    return answer


def _ask(request: HttpRequest, arrival: Arrival) -> HttpResponse:
    """Consent, another account, or signing in again: each is one button of a form."""
    template = TEMPLATES.get(arrival.step, "consent")
    demand, slug, at = arrival.demand, arrival.agency.slug, arrival.asked.at
    compelled = consent_queries.list_compelled(agency_slug=slug, at=at)
    context = {
        "agency": arrival.agency,
        "attributes": demand.attributes | (demand.optional & arrival.agreed),
        "also": None,
        "laws": {each.attribute: each.law for each in compelled},
        "until": consent_queries.get_end(agency_slug=slug, at=at),
        "offline_until": queries.get_offline_end(agency_slug=slug, at=at)
        if OFFLINE_ACCESS in demand.attributes
        else None,
        "is_new": bool(arrival.missing),
        "waits_until": arrival.passage.waits_until,
        "waiting_page": arrival.passage.page,
        # Whence a page of the identity app leads exactly back to this request.
        "here": _address(arrival.asked.address),
        "action": f"{reverse('signin:decide')}?{urlencode(arrival.asked.address)}",
    }
    if arrival.offered and request.user.is_authenticated:
        context["also"] = OfferedForm(offered=arrival.offered, person=request.user)
    response = render(request, f"signin/{template}.html", context)
    add_never_cache_headers(response)
    return response


def _send_to_page(
    request: HttpRequest, arrival: Arrival, step: Step | None = None
) -> HttpResponseRedirect:
    """To a page of the accounts app and exactly back, marked so that no loop arises."""
    params, mark = arrival.asked.address, arrival.mark
    if step is not None or mark is None:
        # Who presses "another account" has chosen: the page that she comes back to need not ask.
        has_chosen = step is not None or (mark is not None and mark.has_chosen)
        params = mark_request(params, at=arrival.asked.at, has_chosen=has_chosen)
    query = {"next": _address(params)}
    language = find_language(arrival.asked.payload.data.get("ui_locales", ""))
    is_stranger = arrival.account_id is None
    if language and is_stranger and settings.LANGUAGE_COOKIE_NAME not in request.COOKIES:
        # What the person chose, on this device or in her account, stands above what the agency
        # thinks.
        query["lang"] = language
    return _redirect(f"{reverse(PAGES[step or arrival.step])}?{urlencode(query)}")


def _send_back(request: HttpRequest, arrival: Arrival, answer: HttpResponse) -> HttpResponse:
    """To the agency. Browsers hold `form-action` against every redirect that follows a form, so
    after one of ours (sign-in, consent) a page that moves on by itself takes the place of the
    redirect; the policy stays strict. Programs, which know no such rule, get the redirect.
    """
    after_form = request.method == "POST" or arrival.mark is not None
    if not after_form or "Sec-Fetch-Dest" not in request.headers:
        return answer
    context = {"agency": arrival.agency, "address": answer.headers["Location"]}
    response = render(request, "signin/on_the_way.html", context)
    add_never_cache_headers(response)
    return response


def _name_refusal(arrival: Arrival) -> OAuth2Error:
    """The agency meant somebody else, who did not sign in; or needs to know better who she is,
    and she will not prove it; or the person said no."""
    if arrival.step is Step.PROVE_IDENTITY:
        return UnmetAuthenticationRequirements(redirect_uri=arrival.grant.redirect_uri)
    error = LoginRequiredError if arrival.step is Step.OTHER_PERSON else AccessDeniedError
    return error(redirect_uri=arrival.grant.redirect_uri)


def _refuse(request: HttpRequest, asked: ProviderRequest, error: OAuth2Error) -> HttpResponse:
    if error.redirect_uri:
        return server.refuse(asked, error)
    # An address that nobody registered is never redirected to, whatever it says.
    context = {"error": error.error, "description": error.description}
    response = render(request, "signin/problem.html", context, status=400)
    add_never_cache_headers(response)
    return response


def _begin_again(arrival: Arrival) -> HttpResponseRedirect:
    """To the same request. The address that a pushed one came with is used up: with our mark it
    is found again, as often as the page is loaded."""
    params = arrival.asked.address
    if arrival.asked.is_pushed and arrival.mark is None:
        params = mark_request(params, at=arrival.asked.at)
    return _redirect(_address(params))


def _address(params: dict[str, str]) -> str:
    return f"{reverse('signin:authorize')}?{urlencode(params)}"


def _redirect(address: str) -> HttpResponseRedirect:
    response = HttpResponseRedirect(address)
    response.status_code = 303
    response.headers["Cache-Control"] = "no-store"
    return response
