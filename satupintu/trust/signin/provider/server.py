# SPDX-License-Identifier: Apache-2.0
"""The authorization server: which grants there are, and how its answers leave."""

import json
from typing import Any

from authlib.common.urls import add_params_to_uri
from authlib.oauth2 import AuthorizationServer
from authlib.oauth2.rfc6749 import InvalidRequestError, OAuth2Error, UnsupportedResponseTypeError
from django.conf import settings
from django.http import HttpResponse

from satupintu.foundation import crypto
from satupintu.trust.rulebook import queries as rulebook
from satupintu.trust.signin import actions

from .bound import (
    KEY_PATHS,
    TOKEN_PATH,
    BoundToKey,
    read_key_shown,
    require_key,
)
from .clients import (
    CLIENT_SECRET_BASIC,
    PRIVATE_KEY_JWT,
    PrivateKeyJwt,
    ProviderClient,
    authenticate_by_secret,
    find_client,
)
from .grants import AgencyApiGrant, IdToken, S256Only, SignInGrant
from .held import Introspection, Revocation
from .refresh import GivesRefreshToken, RefreshTokenGrant
from .requests import ProviderRequest


class Provider(AuthorizationServer):
    def query_client(self, client_id: str) -> ProviderClient | None:
        return find_client(client_id)

    def authenticate_client(
        self, request: ProviderRequest, methods: list[str], endpoint: str = "token"
    ) -> ProviderClient:
        """Who asks; and where tokens are given or asked for, with which key (RFC 9449)."""
        client: ProviderClient = super().authenticate_client(request, methods, endpoint)
        if request.path in KEY_PATHS:
            request.dpop_jkt = read_key_shown(request)
            if client.card.dpop_bound_access_tokens and request.path == TOKEN_PATH:
                require_key(request)
        return client

    def create_oauth2_request(self, request: ProviderRequest) -> ProviderRequest:
        return request

    def get_authorization_grant(self, request: ProviderRequest) -> SignInGrant:
        if request.payload.response_type == "code":
            return super().get_authorization_grant(request)
        client = find_client(request.payload.client_id or "")
        redirect_uri = request.payload.redirect_uri
        if client is None or not client.check_redirect_uri(redirect_uri or ""):
            raise InvalidRequestError("The client or its redirect_uri is not known here")
        raise UnsupportedResponseTypeError(
            "The response_type must be code", None, redirect_uri=redirect_uri
        )

    def generate_token(
        self, grant_type: str, client: ProviderClient, scope: str = "", **_: Any
    ) -> dict[str, Any]:
        """The access token is opaque: whoever reads it learns nothing, and it can be ended."""
        return {"token_type": "Bearer", "access_token": crypto.new_secret(), "scope": scope}

    def save_token(self, token: dict[str, Any], request: ProviderRequest) -> None:
        lifetime = rulebook.get_duration("signin.access_token_lifetime", at=request.at)
        if request.dpop_jkt:
            token["token_type"] = "DPoP"  # noqa: S105 - a kind of token
        token["expires_in"] = int(lifetime.total_seconds())
        actions.store_token(
            token=token["access_token"],
            client_id=request.client.get_client_id(),
            scope=token["scope"],
            release=request.user,
            lifetime=lifetime,
            at=request.at,
            dpop_jkt=request.dpop_jkt,
        )

    def send_signal(self, name: str, *args: Any, **kwargs: Any) -> None:
        """Nobody listens."""

    def refuse(self, request: ProviderRequest, error: OAuth2Error) -> HttpResponse:
        """The protocol's error answer; a redirect when the error knows a safe address."""
        error.state = request.payload.state
        return self.handle_error_response(request, error)

    def handle_response(
        self, status: int, body: dict[str, Any] | str, headers: list[tuple[str, str]]
    ) -> HttpResponse:
        response = HttpResponse(json.dumps(body) if isinstance(body, dict) else body, status=status)
        for name, value in headers:
            response.headers[name] = value
        if "Location" in response.headers:
            # A browser follows 303 by GET, whatever the request was (FAPI 2.0, 5.3.2.2).
            response.status_code = 303
            # Which of several providers answered (RFC 9207).
            response.headers["Location"] = add_params_to_uri(
                response.headers["Location"], {"iss": settings.PUBLIC_URL}
            )
            response.headers["Cache-Control"] = "no-store"
        return response


server = Provider()
server.register_client_auth_method(PRIVATE_KEY_JWT, PrivateKeyJwt())
server.register_client_auth_method(CLIENT_SECRET_BASIC, authenticate_by_secret)
server.register_grant(SignInGrant, [S256Only(), BoundToKey(), IdToken(), GivesRefreshToken()])
server.register_grant(RefreshTokenGrant)
server.register_grant(AgencyApiGrant)
server.register_endpoint(Revocation)
server.register_endpoint(Introspection)
