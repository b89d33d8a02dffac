# SPDX-License-Identifier: Apache-2.0
"""Codes and tokens bound to a key of the client (DPoP, RFC 9449)."""

from typing import Any

from authlib.oauth2.base import OAuth2Error
from authlib.oauth2.rfc6749 import InvalidGrantError, InvalidRequestError
from authlib.oauth2.rfc6749.grants import AuthorizationCodeGrant

from satupintu.trust.signin import actions
from satupintu.trust.signin.dpop import THUMBPRINT

from .requests import ProviderRequest

TOKEN_PATH = "/openid/token"  # noqa: S105 - an address
KEY_PATHS = (TOKEN_PATH, "/openid/par")


class InvalidProof(OAuth2Error):
    """RFC 9449, section 5."""

    error = "invalid_dpop_proof"


def read_key_shown(request: ProviderRequest) -> str:
    """The thumbprint of the key in a request's DPoP header; "" without one.

    The proof is used up by this. Raises InvalidProof.
    """
    text = request.headers.get("DPoP")
    if text is None:
        return ""
    try:
        return actions.check_proof(text, method=request.method, path=request.path, at=request.at)
    except actions.InvalidDpopProof as refusal:
        raise InvalidProof(refusal.reason) from refusal


def require_key(request: ProviderRequest) -> None:
    """Raises InvalidProof."""
    if not request.dpop_jkt:
        raise InvalidProof("This client gets tokens only with a DPoP proof")


def read_asked_key(request: ProviderRequest) -> str:
    """The key to which an authorization request binds its code: named, or shown while pushing
    (sections 10 and 10.1). Raises InvalidRequestError."""
    named = request.payload.data.get("dpop_jkt", "")
    if named and not THUMBPRINT.match(named):
        raise InvalidRequestError("The dpop_jkt must be a thumbprint of 43 characters")
    if named and request.dpop_jkt and named != request.dpop_jkt:
        raise InvalidRequestError("The dpop_jkt is not the key of the DPoP proof")
    return named or request.dpop_jkt


class BoundToKey:
    """Of whoever holds a code and all that goes with it, only the holder of the key gets tokens."""

    def __call__(self, grant: AuthorizationCodeGrant) -> None:
        grant.register_hook("after_validate_authorization_request_payload", self.check_name)
        grant.register_hook("after_validate_token_request", self.check_key)

    def check_name(self, grant: AuthorizationCodeGrant, _redirect_uri: str) -> None:
        read_asked_key(grant.request)

    def check_key(self, grant: AuthorizationCodeGrant, _result: Any) -> None:
        bound_to = grant.request.authorization_code.dpop_jkt
        if bound_to and bound_to != grant.request.dpop_jkt:
            raise InvalidGrantError("The code is bound to another key than the request shows")
