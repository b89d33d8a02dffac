# SPDX-License-Identifier: Apache-2.0
"""The endpoints that agencies' programs call. No session, no page, few statements."""

import json
from datetime import datetime

from authlib.oauth2.rfc6749 import InvalidRequestError
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST

from satupintu.foundation.errors import Refusal
from satupintu.trust.accounts.access import machine, protocol
from satupintu.trust.signin import actions
from satupintu.trust.signin.provider import ProviderRequest, server
from satupintu.trust.signin.provider.released import list_agreed, list_claims
from satupintu.trust.signin.queries.bearer import authenticate_person_token
from satupintu.trust.signin.rules import write_wait
from satupintu.trust.signin.signatures import STRONG_ALGORITHMS


@machine
@protocol("private_key_jwt or client_secret_basic")
@require_POST
def exchange(request: HttpRequest) -> HttpResponse:
    """A code, a refresh token, or a client's own proof, for tokens (RFC 6749, section 3.2)."""
    asked = ProviderRequest(request, request.POST, at=timezone.now())
    if not asked.payload.is_storable:
        return server.refuse(asked, InvalidRequestError("A parameter contains a NUL character"))
    if asked.payload.repeated:
        return server.refuse(asked, InvalidRequestError("A parameter was sent more than once"))
    # A refused exchange commits too: its assertion and its code stay used.
    with transaction.atomic():
        response = server.create_token_response(asked)
        if asked.user is not None and asked.told and response.status_code == 200:
            actions.record_release(
                account_id=asked.user.account_id,
                agency=asked.client.card.agency,
                attributes=asked.told,
                at=asked.at,
            )
    return response


@machine
@protocol("an access token of a person's sign-in, with its key where it has one")
@require_http_methods(["GET", "POST"])
def tell_about_person(request: HttpRequest) -> HttpResponse:
    """Userinfo: the claims that the person agreed to (OpenID Connect Core 1.0, section 5.3)."""
    at = timezone.now()
    try:
        token, dpop_jkt = _read_token(request, at=at)
        person = authenticate_person_token(token=token, dpop_jkt=dpop_jkt, at=at)
        agreed = list_agreed(
            account_id=person.account_id,
            agency_slug=person.client.agency.slug,
            asked=person.attributes,
            at=at,
        )
        claims, told = list_claims(account_id=person.account_id, agreed=agreed)
    except Refusal as refusal:
        return _challenge(request, refusal)
    actions.record_release(
        account_id=person.account_id,
        agency=person.client.agency,
        attributes=told,
        at=at,
        is_offline=person.is_offline,
    )
    return HttpResponse(
        json.dumps({"sub": person.subject} | write_wait(person.changes_wait_until, at=at) | claims),
        content_type="application/json",
        headers={"Cache-Control": "no-store", "Pragma": "no-cache"},
    )


def _read_token(request: HttpRequest, *, at: datetime) -> tuple[str, str]:
    """An access token, and the thumbprint of the key that was shown with it (RFC 9449, section
    7.1). Raises InvalidDpopProof."""
    kind, _, text = request.headers.get("Authorization", "").partition(" ")
    token = text.strip()
    if kind.lower() == "dpop":
        proof = request.headers.get("DPoP", "")
        method = request.method or ""
        return token, actions.check_proof(
            proof, method=method, path=request.path, token=token, at=at
        )
    return (token if kind.lower() == "bearer" else ""), ""


def _challenge(request: HttpRequest, refusal: Refusal) -> HttpResponse:
    """RFC 6750, section 3; RFC 9449, section 7.1."""
    response = HttpResponse(status=refusal.status)
    challenge = f'Bearer error="{refusal.code}"'
    if request.headers.get("Authorization", "").lower().startswith("dpop"):
        algorithms = " ".join(STRONG_ALGORITHMS)
        challenge = f'DPoP error="{refusal.code}", algs="{algorithms}"'
    response.headers["WWW-Authenticate"] = challenge
    response.headers["Cache-Control"] = "no-store"
    return response
