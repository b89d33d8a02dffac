# SPDX-License-Identifier: Apache-2.0
"""What machines read about the provider, from memory."""

from datetime import datetime
from functools import lru_cache

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.cache import get_conditional_response
from django.views.decorators.http import require_safe

from satupintu.trust.accounts.access import machine, public
from satupintu.trust.signin import actions
from satupintu.trust.signin.acr import PAIRS, name_acr
from satupintu.trust.signin.keychain import ALGORITHMS
from satupintu.trust.signin.provider.clients import ASSERTION_ALGORITHMS, AUTH_METHODS
from satupintu.trust.signin.queries import keys
from satupintu.trust.signin.queries.keys import Document, write_document
from satupintu.trust.signin.rules import PROMPTS, SIGN_IN_SCOPES
from satupintu.trust.signin.signatures import STRONG_ALGORITHMS


@lru_cache(maxsize=1)
def _describe_provider(issuer: str) -> Document:
    return write_document(
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
            "scopes_supported": [*SIGN_IN_SCOPES, "messages:send", "questions:answer"],
            "response_types_supported": ["code"],
            "response_modes_supported": ["query"],
            "grant_types_supported": ["authorization_code", "refresh_token", "client_credentials"],
            "acr_values_supported": [name_acr(pair) for pair in PAIRS],
            "subject_types_supported": ["pairwise"],
            "id_token_signing_alg_values_supported": list(ALGORITHMS),
            "token_endpoint_auth_methods_supported": AUTH_METHODS,
            "token_endpoint_auth_signing_alg_values_supported": ASSERTION_ALGORITHMS,
            "dpop_signing_alg_values_supported": STRONG_ALGORITHMS,
            "revocation_endpoint": f"{issuer}/openid/revoke",
            "revocation_endpoint_auth_methods_supported": AUTH_METHODS,
            "revocation_endpoint_auth_signing_alg_values_supported": ASSERTION_ALGORITHMS,
            "introspection_endpoint": f"{issuer}/openid/introspect",
            "introspection_endpoint_auth_methods_supported": AUTH_METHODS,
            "introspection_endpoint_auth_signing_alg_values_supported": ASSERTION_ALGORITHMS,
            "code_challenge_methods_supported": ["S256"],
            "prompt_values_supported": sorted(PROMPTS),
            "claim_types_supported": ["normal"],
            "claims_supported": [
                *("sub", "iss", "aud", "exp", "iat", "auth_time", "nonce", "acr", "amr"),
                *("at_hash", "sid", "name", "email", "changes_wait_until"),
            ],
            "ui_locales_supported": [code for code, _name in settings.LANGUAGES],
            "authorization_response_iss_parameter_supported": True,
            "claims_parameter_supported": True,
            "request_parameter_supported": False,
            "request_uri_parameter_supported": False,
        }
    )


@machine
@public
@require_safe
def show_configuration(request: HttpRequest) -> HttpResponse:
    return _answer(request, _describe_provider(settings.PUBLIC_URL), at=timezone.now())


@machine
@public
@require_safe
def show_keys(request: HttpRequest) -> HttpResponse:
    at = timezone.now()
    if not keys.has_all_keys(at=at):
        # Published before anything is signed with them, so that nobody keeps a list without.
        actions.ensure_signing_keys(at=at)
    return _answer(request, keys.get_key_set_document(at=at), at=at)


def _answer(request: HttpRequest, document: Document, *, at: datetime) -> HttpResponse:
    """The document, or that the caller has it already (RFC 9110, section 13.1.2)."""
    seconds = int(keys.get_cache_lifetime(at=at).total_seconds())
    response = HttpResponse(
        document.body,
        content_type="application/json",
        headers={
            "Cache-Control": f"public, max-age={seconds}",
            "Cross-Origin-Resource-Policy": "cross-origin",
            "ETag": document.etag,
        },
    )
    return get_conditional_response(request, etag=document.etag, response=response) or response
