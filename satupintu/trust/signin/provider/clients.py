# SPDX-License-Identifier: Apache-2.0
"""A registered client as Authlib sees it, and the two ways in which it proves itself."""

import base64
import binascii
import hmac
import json
import re
import time
from datetime import timedelta
from functools import lru_cache
from typing import Any
from urllib.parse import unquote_plus

from authlib.oauth2.rfc6749 import ClientMixin, InvalidClientError
from authlib.oauth2.rfc7523 import JWTBearerClientAssertion
from django.conf import settings
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet

from satupintu.foundation import crypto
from satupintu.trust.agencies import queries as agencies
from satupintu.trust.rulebook import queries as rulebook
from satupintu.trust.signin import actions
from satupintu.trust.signin.rules import find_fault_in_times
from satupintu.trust.signin.signatures import ALL_ALGORITHMS, STRONG_ALGORITHMS, Signatures

from .requests import ProviderRequest

PRIVATE_KEY_JWT = "private_key_jwt"
CLIENT_SECRET_BASIC = "client_secret_basic"  # noqa: S105 - a method's name
AUTH_METHODS = [PRIVATE_KEY_JWT, CLIENT_SECRET_BASIC]
SECONDS_BETWEEN_MISSES = 1.0
_missed_at = -SECONDS_BETWEEN_MISSES
ASSERTION_ALGORITHMS = list(ALL_ALGORITHMS)
# However far apart the rulebook lets clocks be (FAPI 2.0 Security Profile, section 5.3.2.1).
MOST_SKEW = timedelta(seconds=60)
# Where clients prove themselves.
ENDPOINTS = ("token", "par", "revoke", "introspect")
PRINTABLE_ASCII = re.compile(r"[\x20-\x7e]{1,256}")


class ProviderClient(ClientMixin):
    def __init__(self, card: agencies.ClientCard) -> None:
        self.card = card
        self.id_token_signed_response_alg = card.id_token_alg

    def __repr__(self) -> str:
        return self.card.client_id

    def get_client_id(self) -> str:
        return self.card.client_id

    def get_default_redirect_uri(self) -> None:
        """There is none: an agency says where the person is to go, every time."""

    def get_allowed_scope(self, scope: str | None) -> str | None:
        """What was asked for and is registered; anything else is left out (section 3.1.2.1)."""
        kept = [name for name in dict.fromkeys((scope or "").split()) if name in self.card.scopes]
        return " ".join(kept) or None

    def check_redirect_uri(self, redirect_uri: str) -> bool:
        """Character for character (RFC 9700, section 2.1)."""
        return redirect_uri in self.card.redirect_uris

    def check_endpoint_auth_method(self, method: str, endpoint: str) -> bool:
        if self.card.is_fapi2 and method != PRIVATE_KEY_JWT:
            return False
        return method == self.card.auth_method

    def check_response_type(self, response_type: str) -> bool:
        return response_type == "code" and self.check_grant_type("authorization_code")

    def check_grant_type(self, grant_type: str) -> bool:
        return grant_type in self.card.grant_types


def find_client(client_id: str) -> ProviderClient | None:
    """A client that was registered a moment ago is found at once: a miss reads the table again,
    but once a second at most, so that made-up names cost nothing."""
    global _missed_at  # noqa: PLW0603
    card = agencies.get_client(client_id=client_id)
    if card is None and time.monotonic() - _missed_at >= SECONDS_BETWEEN_MISSES:
        agencies.forget_directory()
        card = agencies.get_client(client_id=client_id)
        _missed_at = time.monotonic()
    return None if card is None else ProviderClient(card)


def authenticate_by_secret(query_client: Any, request: ProviderRequest) -> ProviderClient | None:
    """`client_secret_basic`: id and secret are form-encoded first (RFC 6749, section 2.3.1)."""
    kind, _, encoded = request.headers.get("Authorization", "").partition(" ")
    if kind.lower() != "basic":
        return None
    try:
        client_id, found, secret = base64.b64decode(encoded).decode().partition(":")
    except (binascii.Error, UnicodeDecodeError, ValueError):
        found = ""
    client = query_client(unquote_plus(client_id)) if found else None
    if client is None or not hmac.compare_digest(
        crypto.hash_secret(unquote_plus(secret)), client.card.secret_hash or "no secret"
    ):
        raise InvalidClientError("The client or its secret is not known here", status_code=401)
    return client


class PrivateKeyJwt(JWTBearerClientAssertion):
    """`private_key_jwt` (RFC 7523), each assertion good for one request."""

    CLIENT_AUTH_METHOD = PRIVATE_KEY_JWT

    def __call__(self, query_client: Any, request: ProviderRequest) -> ProviderClient | None:
        form = request.form
        if "client_assertion" not in form:
            return None
        if form.get("client_assertion_type") != self.CLIENT_ASSERTION_TYPE:
            raise InvalidClientError("The client_assertion_type is not the one of RFC 7523")
        try:
            _headers, claims = self.extract_assertion(form["client_assertion"])
        except RecursionError as error:
            # Anybody may send brackets in brackets; Python gives up on reading them.
            raise InvalidClientError("The assertion is nested too deeply") from error
        client = query_client(claims["sub"]) if isinstance(claims.get("sub"), str) else None
        if client is None or client.card.jwks is None:
            raise InvalidClientError("The sub of the assertion is no client with keys here")
        if form.get("client_id", client.get_client_id()) != client.get_client_id():
            raise InvalidClientError("The client_id is not the sub of the assertion")
        claims = _read_signed(form["client_assertion"], client.card)
        _verify_claims(claims, client.card, request)
        return client


@lru_cache(maxsize=1024)
def _parse_keys(jwks: str) -> KeySet:
    return KeySet.import_key_set(json.loads(jwks))


def _read_signed(assertion: str, card: agencies.ClientCard) -> dict[str, Any]:
    try:
        keys = _parse_keys(json.dumps(card.jwks))
        algorithms = STRONG_ALGORITHMS if card.is_fapi2 else ALL_ALGORITHMS
        return jwt.decode(assertion, keys, registry=Signatures(algorithms)).claims
    except (JoseError, ValueError, RecursionError) as error:
        # Which key or algorithm failed is the client's business, and its own to find out.
        raise InvalidClientError("The assertion is not signed with a key of this client") from error


def _verify_claims(
    claims: dict[str, Any], card: agencies.ClientCard, request: ProviderRequest
) -> None:
    """Raises InvalidClientError that says what to change, as developers need to hear it."""
    audience = claims.get("aud")
    if card.is_fapi2 and audience != settings.PUBLIC_URL:
        raise InvalidClientError("The aud of the assertion must be this issuer, as a string")
    audiences = audience if isinstance(audience, list) else [audience]
    # An assertion that is also for somebody else could be carried here by that somebody.
    if not audiences or not all(entry in _our_audiences() for entry in audiences):
        raise InvalidClientError(
            "The aud of the assertion must be this issuer or the endpoint, and nothing else"
        )
    if claims.get("iss") != claims.get("sub"):
        raise InvalidClientError("The iss and the sub of the assertion must both be the client_id")
    skew = min(rulebook.get_duration("signin.assertion_skew", at=request.at), MOST_SKEW)
    max_age = rulebook.get_duration("signin.assertion_age", at=request.at)
    fault = find_fault_in_times(claims, skew=skew, max_age=max_age, at=request.at)
    if fault:
        raise InvalidClientError(fault)
    jti = claims.get("jti")
    if not isinstance(jti, str) or not PRINTABLE_ASCII.fullmatch(jti):
        raise InvalidClientError("The assertion needs jti, 1 to 256 printable ASCII characters")
    if not actions.use_assertion(
        client_id=claims["sub"], jti=jti, expires_at=claims["exp"] + skew.total_seconds()
    ):
        raise InvalidClientError("The assertion was used before; make a new one for each request")


def _our_audiences() -> tuple[str, ...]:
    """RFC 7523, section 3 (3); RFC 9126, section 2. An assertion for one of our endpoints is as good
    at another: wherever it is used, it is used up."""
    return (settings.PUBLIC_URL, *(f"{settings.PUBLIC_URL}/openid/{e}" for e in ENDPOINTS))
