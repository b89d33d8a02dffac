# SPDX-License-Identifier: Apache-2.0
"""The two grants that are offered: a person's sign-in, and a client's own token."""

import re
from typing import Any

from authlib.oauth2.rfc6749 import (
    InvalidGrantError,
    InvalidRequestError,
    InvalidScopeError,
    OAuth2Error,
)
from authlib.oauth2.rfc6749.grants import AuthorizationCodeGrant, ClientCredentialsGrant
from authlib.oauth2.rfc7636 import CodeChallenge
from authlib.oidc.core.grants import OpenIDToken
from authlib.oidc.core.util import create_half_hash
from django.conf import settings
from joserfc import jwt

from satupintu.foundation import crypto
from satupintu.trust.rulebook import queries as rulebook
from satupintu.trust.signin import actions, queries
from satupintu.trust.signin.actions import Release
from satupintu.trust.signin.queries import InvalidToken
from satupintu.trust.signin.rules import SIGN_IN_SCOPES, heed_offline_access, write_wait

from .clients import AUTH_METHODS, ProviderClient
from .released import list_agreed, list_claims
from .requests import ProviderRequest

# BASE64URL of 32 bytes, unpadded (RFC 7636, section 4.2).
S256_CHALLENGE = re.compile(r"[A-Za-z0-9_-]{43}\Z")


class RequestNotSupported(OAuth2Error):
    """OpenID Connect Core 1.0, section 3.1.2.6."""

    error = "request_not_supported"


class RequestUriNotSupported(OAuth2Error):
    """Only what was pushed here has an address that is read (RFC 9126)."""

    error = "request_uri_not_supported"


class RegistrationNotSupported(OAuth2Error):
    error = "registration_not_supported"


UNSUPPORTED: dict[str, type[OAuth2Error]] = {
    "request": RequestNotSupported,
    "request_uri": RequestUriNotSupported,
    "registration": RegistrationNotSupported,
}


class SignInGrant(AuthorizationCodeGrant):
    """A code for the browser to carry, and its exchange."""

    TOKEN_ENDPOINT_AUTH_METHODS = AUTH_METHODS
    request: ProviderRequest

    @staticmethod
    def validate_authorization_redirect_uri(
        request: ProviderRequest, client: ProviderClient
    ) -> str:
        # Authlib's own message repeats the address, which need not be ASCII.
        if not client.check_redirect_uri(request.payload.redirect_uri or ""):
            raise InvalidRequestError("The redirect_uri is not registered for this client")
        return request.payload.redirect_uri

    def validate_requested_scope(self) -> None:
        """Called once the redirect is known to be safe, so that faults are told to the client."""
        asked = (self.request.payload.scope or "").split()
        if "openid" not in asked:
            raise InvalidScopeError("The scope must contain openid")
        if len(self.request.payload.data.get("nonce", "")) > 512:
            raise InvalidRequestError("The nonce is longer than 512 characters")
        if self.request.payload.repeated:
            raise InvalidRequestError("A parameter was sent more than once")
        if self.client.card.requires_pushed_requests and not self.request.is_pushed:
            raise InvalidRequestError("This client must push its requests first (RFC 9126)")
        for name, error in UNSUPPORTED.items():
            if name in self.request.payload.data:
                raise error(f"The parameter {name} is not supported here")

    def validate_authorization_request(self) -> str:
        redirect_uri = super().validate_authorization_request()
        self.request.scope = heed_offline_access(
            keep_scopes(self.request.scope, of_a_person=True),
            prompts=self.request.payload.data.get("prompt", "").split(),
            may_refresh=self.client.check_grant_type("refresh_token"),
        )
        if "openid" not in self.request.scope.split():
            raise InvalidScopeError(
                "The client is not registered for the scope openid", redirect_uri=redirect_uri
            )
        return redirect_uri

    def generate_authorization_code(self) -> str:
        return crypto.new_secret()

    def save_authorization_code(self, code: str, request: ProviderRequest) -> None:
        # The view hands the whole answer over as "user": who, at which level, since when.
        actions.store_code(code=code, sign_in=request.user, at=request.at)

    def query_authorization_code(self, code: str, client: ProviderClient) -> Release | None:
        """Uses the code up, whatever is wrong with the rest of the request: whoever presents it
        with a wrong verifier or address is not the one it was made for."""
        return actions.redeem_code(code=code, client_id=client.get_client_id(), at=self.request.at)

    def authenticate_user(self, authorization_code: Release) -> Release:
        return authorization_code

    def delete_authorization_code(self, authorization_code: Release) -> None:
        """It was used up when it was read; the row stays to recognise a replay."""


class S256Only(CodeChallenge):
    """PKCE is required, and only by S256 (RFC 9700, section 2.1.1)."""

    SUPPORTED_CODE_CHALLENGE_METHOD = ["S256"]

    def validate_code_challenge(self, grant: SignInGrant, redirect_uri: str) -> None:
        parameters = grant.request.payload
        for name in ("code_challenge", "code_challenge_method"):
            if len(parameters.datalist.get(name, [])) > 1:
                raise InvalidRequestError(f"Multiple {name} in request")
        # A missing method means "plain" (RFC 7636, section 4.3), which protects nobody.
        if parameters.data.get("code_challenge_method") != "S256":
            raise InvalidRequestError("The code_challenge_method must be S256")
        if not S256_CHALLENGE.match(parameters.data.get("code_challenge", "")):
            raise InvalidRequestError("The code_challenge must be 43 characters of BASE64URL")

    def validate_code_verifier(self, grant: SignInGrant, result: Any) -> None:
        if not grant.request.form.get("code_verifier"):
            raise InvalidGrantError("The code_verifier is missing")
        super().validate_code_verifier(grant, result)


class IdToken(OpenIDToken):
    """The signed statement of who signed in, how, and when. Name and e-mail address are asked of
    userinfo, so that each release of them is one; they stand here only where the agency asked
    for that by `claims`, and the person agrees to it still."""

    def encode_id_token(self, token: dict[str, Any], request: ProviderRequest) -> str:
        client, release = request.client, request.user
        algorithm = client.id_token_signed_response_alg
        key = actions.get_signing_key(algorithm=algorithm, at=request.at)
        lifetime = rulebook.get_duration("signin.id_token_lifetime", at=request.at)
        issued_at = int(request.at.timestamp())
        claims = {
            "iss": settings.PUBLIC_URL,
            "sub": release.subject,
            "aud": client.get_client_id(),
            "iat": issued_at,
            "exp": issued_at + int(lifetime.total_seconds()),
            "auth_time": int(release.authenticated_at.timestamp()),
            "acr": release.acr,
            "amr": list(release.methods),
            "at_hash": create_half_hash(token["access_token"], algorithm).decode(),
        }
        if release.session_id is not None:
            claims["sid"] = queries.get_sid(
                session_id=release.session_id, client_id=client.get_client_id()
            )
        if release.nonce:
            claims["nonce"] = release.nonce
        claims |= write_wait(release.changes_wait_until, at=request.at)
        if release.id_token_attributes:
            claims |= self._tell_more(request)
        return jwt.encode({"alg": algorithm, "kid": key.kid}, claims, key, algorithms=[algorithm])

    def _tell_more(self, request: ProviderRequest) -> dict[str, Any]:
        release, agency = request.user, request.client.card.agency
        try:
            agreed = list_agreed(
                account_id=release.account_id,
                agency_slug=agency.slug,
                asked=release.id_token_attributes,
                at=request.at,
            )
            claims, request.told = list_claims(account_id=release.account_id, agreed=agreed)
        except InvalidToken as error:
            raise InvalidGrantError("The person does not agree to this sign-in any more") from error
        return claims


class AgencyApiGrant(ClientCredentialsGrant):
    """A client's own token, for the agency API. It speaks for no person."""

    TOKEN_ENDPOINT_AUTH_METHODS = AUTH_METHODS
    request: ProviderRequest

    def validate_requested_scope(self) -> None:
        client = self.request.client
        asked = self.request.payload.scope
        # Without a scope the client gets what it is registered for (RFC 6749, section 3.3).
        granted = client.get_allowed_scope(" ".join(client.card.scopes) if asked is None else asked)
        self.request.scope = keep_scopes(granted or "", of_a_person=False)
        if not self.request.scope or set((asked or "").split()) - set(self.request.scope.split()):
            raise InvalidScopeError("The client is not registered for this scope")

    def generate_token(self, **options: Any) -> dict[str, Any]:
        return super().generate_token(**(options | {"scope": self.request.scope}))


def keep_scopes(scope: str, *, of_a_person: bool) -> str:
    return " ".join(name for name in scope.split() if (name in SIGN_IN_SCOPES) == of_a_person)
