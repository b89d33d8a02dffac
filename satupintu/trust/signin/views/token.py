# SPDX-License-Identifier: Apache-2.0
"""The endpoints that agencies' programs call. No session, no page, few statements."""

import json
from typing import Any

from authlib.oauth2.rfc6749 import InvalidRequestError
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_POST

from satupintu.foundation.errors import Refusal
from satupintu.trust.accounts import queries as accounts
from satupintu.trust.accounts.access import protocol
from satupintu.trust.consent import queries as consents
from satupintu.trust.signin import actions
from satupintu.trust.signin.provider import ProviderRequest, server
from satupintu.trust.signin.queries.bearer import (
    BearerPerson,
    InvalidToken,
    authenticate_person_token,
)
from satupintu.trust.signin.rules import ATTRIBUTES_OF_SCOPE


@protocol("private_key_jwt or client_secret_basic")
@csrf_exempt
@require_POST
def exchange(request: HttpRequest) -> HttpResponse:
    """A code, or a client's own proof, for tokens (RFC 6749, section 3.2)."""
    asked = ProviderRequest(request, request.POST, at=timezone.now())
    if not asked.payload.is_storable:
        return server.refuse(asked, InvalidRequestError("A parameter contains a NUL character"))
    # A refused exchange commits too: its assertion and its code stay used.
    with transaction.atomic():
        response = server.create_token_response(asked)
        if asked.user is not None and response.status_code == 200:
            actions.record_release(
                account_id=asked.user.account_id,
                agency=asked.client.card.agency,
                attributes=[ATTRIBUTES_OF_SCOPE["openid"]],
                at=asked.at,
            )
    return response


@protocol("a bearer token of a person's sign-in")
@csrf_exempt
@require_http_methods(["GET", "POST"])
def tell_about_person(request: HttpRequest) -> HttpResponse:
    """Userinfo: the claims that the person agreed to (OpenID Connect Core 1.0, section 5.3)."""
    at = timezone.now()
    try:
        person = authenticate_person_token(token=_read_bearer(request), at=at)
        agreed = _list_agreed(person)
        claims, told = _list_claims(person, agreed)
    except Refusal as refusal:
        return _challenge(refusal)
    actions.record_release(
        account_id=person.account_id,
        agency=person.client.agency,
        attributes=told,
        at=at,
    )
    return HttpResponse(
        json.dumps(claims),
        content_type="application/json",
        headers={"Cache-Control": "no-store", "Pragma": "no-cache"},
    )


def _list_agreed(person: BearerPerson) -> frozenset[str]:
    """Of what the token was made for, what the person still lets this agency see. She may have
    changed her mind since it was made."""
    agreed = consents.list_consented_attributes(
        account_id=person.account_id, agency_slug=person.client.agency.slug
    ) & {ATTRIBUTES_OF_SCOPE[scope] for scope in person.scopes}
    if ATTRIBUTES_OF_SCOPE["openid"] not in agreed:
        raise InvalidToken
    return agreed


def _list_claims(
    person: BearerPerson, agreed: frozenset[str]
) -> tuple[dict[str, Any], frozenset[str]]:
    """The claims, and which attributes they tell: the access log names these and no others."""
    claims = {"sub": person.subject}
    told = agreed
    if agreed & {"full_name", "email"}:
        contact = accounts.get_contact(account_id=person.account_id)
        if contact is None:
            raise InvalidToken
        if not contact.full_name:
            # Somebody who gave no name yet has none to tell.
            told -= {"full_name"}
        if "full_name" in told:
            claims["name"] = contact.full_name
        if "email" in told:
            claims["email"] = contact.email
    return claims, told


def _read_bearer(request: HttpRequest) -> str:
    kind, _, token = request.headers.get("Authorization", "").partition(" ")
    return token.strip() if kind.lower() == "bearer" else ""


def _challenge(refusal: Refusal) -> HttpResponse:
    """RFC 6750, section 3."""
    response = HttpResponse(status=refusal.status)
    response.headers["WWW-Authenticate"] = f'Bearer error="{refusal.code}"'
    response.headers["Cache-Control"] = "no-store"
    return response
