# SPDX-License-Identifier: Apache-2.0
"""What clients ask about tokens that they hold: is it good (RFC 7662), and end it (RFC 7009)."""

from typing import Any

from authlib.oauth2.rfc6749 import InvalidGrantError, InvalidRequestError
from authlib.oauth2.rfc7009 import RevocationEndpoint
from authlib.oauth2.rfc7662 import IntrospectionEndpoint
from django.conf import settings

from satupintu.trust.signin import actions
from satupintu.trust.signin.queries.held import HeldToken, find_owner, get_held_token

from .clients import AUTH_METHODS, ProviderClient
from .requests import ProviderRequest

LONGEST = 200


def read_token_asked(request: ProviderRequest) -> str:
    """The hint about its kind is ignored: a token's looks tell (RFC 7009, section 2.1).

    Raises InvalidRequestError.
    """
    token = request.form.get("token", "")
    if not token:
        raise InvalidRequestError("The parameter token is missing")
    if len(token) > LONGEST:
        raise InvalidRequestError("The token is longer than any that was given")
    return token


class Revocation(RevocationEndpoint):
    """A client ends a token of its own: an access token alone, a refresh token with all that its
    sign-in gave."""

    CLIENT_AUTH_METHODS = AUTH_METHODS

    def authenticate_token(self, request: ProviderRequest, client: ProviderClient) -> str | None:
        """None for what is no token here, or none any more. Raises InvalidGrantError for a token
        of another client, as section 2.1 has it: it stays as it was."""
        token = read_token_asked(request)
        owner = find_owner(token=token, at=request.at)
        if owner is not None and owner != client.get_client_id():
            raise InvalidGrantError("The token was not given to this client")
        return token if owner else None

    def revoke_token(self, token: str, request: ProviderRequest) -> None:
        actions.revoke_token(token=token, client_id=request.client.get_client_id(), at=request.at)


class Introspection(IntrospectionEndpoint):
    """Whether a token is good, told to the agency that it was given to. About everything else,
    the token of another agency too, the answer is that it is not."""

    CLIENT_AUTH_METHODS = AUTH_METHODS

    def authenticate_token(
        self, request: ProviderRequest, client: ProviderClient
    ) -> HeldToken | None:
        token = read_token_asked(request)
        return get_held_token(token=token, agency=client.card.agency, at=request.at)

    def create_introspection_payload(self, token: HeldToken | None) -> dict[str, Any]:
        return {"active": False} if token is None else _describe(token)


def _describe(held: HeldToken) -> dict[str, Any]:
    """No name, no e-mail address, and of the person nothing but the name that this sector has for
    her (section 5; design rule 1)."""
    answer: dict[str, Any] = {
        "active": True,
        "iss": settings.PUBLIC_URL,
        "client_id": held.client_id,
        "scope": held.scope,
        "iat": int(held.issued_at.timestamp()),
        "exp": int(held.expires_at.timestamp()),
    }
    if held.is_access_token:
        answer |= {"token_type": "DPoP" if held.dpop_jkt else "Bearer", "aud": settings.PUBLIC_URL}
    if held.dpop_jkt:
        # RFC 9449, section 6.2.
        answer["cnf"] = {"jkt": held.dpop_jkt}
    if held.subject:
        answer["sub"] = held.subject
    if held.acr:
        # RFC 9470, section 6.2: of the sign-in, however often it was refreshed since.
        answer |= {"acr": held.acr, "amr": held.amr.split()}
    if held.authenticated_at:
        answer["auth_time"] = int(held.authenticated_at.timestamp())
    return answer
