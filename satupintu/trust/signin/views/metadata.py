# SPDX-License-Identifier: Apache-2.0
"""What machines read about the provider, from memory."""

import json
from functools import lru_cache

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.http import require_safe

from satupintu.trust.accounts.access import public
from satupintu.trust.signin import actions, queries
from satupintu.trust.signin.acr import PAIRS, name_acr
from satupintu.trust.signin.provider.clients import ASSERTION_ALGORITHMS, AUTH_METHODS
from satupintu.trust.signin.rules import PERSON_SCOPES, PROMPTS
from satupintu.trust.signin.signatures import STRONG_ALGORITHMS

ID_TOKEN_ALGORITHMS = ["ES256", "RS256"]


@lru_cache(maxsize=1)
def _describe_provider(issuer: str) -> bytes:
    return json.dumps(
        {
            "issuer": issuer,
            "authorization_endpoint": f"{issuer}/openid/authorize",
            "pushed_authorization_request_endpoint": f"{issuer}/openid/par",
            "require_pushed_authorization_requests": False,
            "token_endpoint": f"{issuer}/openid/token",
            "userinfo_endpoint": f"{issuer}/openid/userinfo",
            "end_session_endpoint": f"{issuer}/openid/logout",
            "backchannel_logout_supported": True,
            "backchannel_logout_session_supported": True,
            "jwks_uri": f"{issuer}/.well-known/jwks.json",
            "scopes_supported": [*PERSON_SCOPES, "messages:send"],
            "response_types_supported": ["code"],
            "response_modes_supported": ["query"],
            "grant_types_supported": ["authorization_code", "client_credentials"],
            "acr_values_supported": [name_acr(pair) for pair in PAIRS],
            "subject_types_supported": ["pairwise"],
            "id_token_signing_alg_values_supported": ID_TOKEN_ALGORITHMS,
            "token_endpoint_auth_methods_supported": AUTH_METHODS,
            "token_endpoint_auth_signing_alg_values_supported": ASSERTION_ALGORITHMS,
            "dpop_signing_alg_values_supported": STRONG_ALGORITHMS,
            "code_challenge_methods_supported": ["S256"],
            "prompt_values_supported": sorted(PROMPTS),
            "claim_types_supported": ["normal"],
            "claims_supported": [
                *("sub", "iss", "aud", "exp", "iat", "auth_time", "nonce", "acr", "amr"),
                *("at_hash", "sid", "name", "email"),
            ],
            "ui_locales_supported": [code for code, _name in settings.LANGUAGES],
            "authorization_response_iss_parameter_supported": True,
            "claims_parameter_supported": True,
            "request_parameter_supported": False,
            "request_uri_parameter_supported": False,
        }
    ).encode()


@public
@require_safe
def show_configuration(request: HttpRequest) -> HttpResponse:
    return _keep(
        HttpResponse(_describe_provider(settings.PUBLIC_URL), content_type="application/json")
    )


@public
@require_safe
def show_keys(request: HttpRequest) -> HttpResponse:
    keys = queries.list_public_keys()
    if {key["alg"] for key in keys} != set(ID_TOKEN_ALGORITHMS):
        # Published before anything is signed with them, so that nobody caches a list without.
        actions.ensure_signing_keys(at=timezone.now())
        keys = queries.list_public_keys()
    return _keep(HttpResponse(json.dumps({"keys": keys}), content_type="application/json"))


def _keep(response: HttpResponse) -> HttpResponse:
    # Shorter than a retired key stays published, long enough to spare a busy agency's calls.
    response.headers["Cache-Control"] = "public, max-age=3600"
    response.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
    return response
