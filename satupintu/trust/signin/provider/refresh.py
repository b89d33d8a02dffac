# SPDX-License-Identifier: Apache-2.0
"""Refresh tokens (RFC 6749, section 6; OpenID Connect Core 1.0, sections 11 and 12)."""

from typing import Any

from authlib.oauth2.rfc6749 import InvalidGrantError, InvalidRequestError, InvalidScopeError
from authlib.oauth2.rfc6749.grants import AuthorizationCodeGrant
from authlib.oauth2.rfc6749.grants import RefreshTokenGrant as AuthlibRefreshTokenGrant

from satupintu.trust.rulebook import queries as rulebook
from satupintu.trust.signin import actions
from satupintu.trust.signin.queries.families import Family, find_passage, get_family
from satupintu.trust.signin.queries.passage import Passage
from satupintu.trust.signin.rules import OFFLINE_ACCESS, narrow_scope

from .bound import require_key
from .clients import AUTH_METHODS, ProviderClient
from .requests import ProviderRequest

GRANT_TYPE = "refresh_token"
# A token has 87 characters.
LONGEST = 200
NOT_GOOD = "The refresh token is unknown here, was used before, or is over"


class GivesRefreshToken:
    """With a code, a refresh token comes along for a client that is registered for it. It lasts no
    longer than the person's session, unless she agreed to `offline_access`."""

    def __call__(self, grant: AuthorizationCodeGrant) -> None:
        grant.register_hook("after_create_token_response", self.give)

    def give(
        self, grant: AuthorizationCodeGrant, response: tuple[int, dict[str, Any], Any]
    ) -> None:
        request, token = grant.request, response[1]
        if not request.client.check_grant_type(GRANT_TYPE):
            return
        refresh_token = actions.start_family(
            release=request.user,
            client_id=request.client.get_client_id(),
            agency=request.client.card.agency,
            is_offline=OFFLINE_ACCESS in request.user.scope.split(),
            is_bound=bool(request.dpop_jkt),
            at=request.at,
        )
        if refresh_token is not None:
            token["refresh_token"] = refresh_token


class HeldRefreshToken:
    """A refresh token that its own client presented, as Authlib's grant asks for it."""

    def __init__(self, token: str, family: Family, passage: Passage) -> None:
        self.token = token
        self.family = family
        self.passage = passage

    def check_client(self, client: ProviderClient) -> bool:
        return self.family.client_id == client.get_client_id()

    def get_scope(self) -> str:
        return self.family.scope


class RefreshTokenGrant(AuthlibRefreshTokenGrant):
    """A refresh token for an access token. Nothing is told about the person by that: there is no
    ID token (Core 12.2 leaves it open), and who uses the access token is written down then.

    Every client here proves itself, so a token is bound to its client and not to a key (RFC 9449,
    section 5); but who began with a key goes on with one.
    """

    TOKEN_ENDPOINT_AUTH_METHODS = AUTH_METHODS
    request: ProviderRequest

    def authenticate_refresh_token(self, refresh_token: str) -> HeldRefreshToken:
        """Raises InvalidGrantError. A stranger's token stays as it was; one of the client's own
        that was used before, or whose sign-in does not stand any more, ends its family."""
        request, card = self.request, self.request.client.card
        if len(refresh_token) > LONGEST:
            raise InvalidRequestError("The refresh_token is longer than any that was given")
        family = get_family(token=refresh_token, at=request.at)
        if family is None or family.client_id != card.client_id:
            raise InvalidGrantError(NOT_GOOD)
        if not family.is_good(refresh_token):
            actions.end_family_of_reused(family, at=request.at)
            raise InvalidGrantError(NOT_GOOD)
        if family.is_bound and not request.dpop_jkt:
            require_key(request)
        passage = find_passage(family, agency=card.agency, at=request.at)
        if passage is None:
            actions.end_grant(account_id=family.account_id, grant_id=family.grant_id, at=request.at)
            raise InvalidGrantError("The sign-in that this token follows from is over")
        return HeldRefreshToken(refresh_token, family, passage)

    def _validate_request_client(self) -> ProviderClient:
        client: ProviderClient = super()._validate_request_client()
        # Authlib tells `authenticate_refresh_token` the token alone.
        self.request.client = client
        return client

    def _validate_token_scope(self, token: HeldRefreshToken) -> None:
        scope = narrow_scope(
            token.get_scope(),
            asked=self.request.payload.scope,
            registered=self.request.client.card.scopes,
        )
        if scope is None:
            raise InvalidScopeError("The scope must be within what was granted at the sign-in")
        self.request.scope = scope

    def authenticate_user(self, refresh_token: HeldRefreshToken) -> Family:
        # The answer tells nothing about her, so the access log has nothing to say.
        self.request.told = frozenset()
        return refresh_token.family

    def issue_token(self, user: Family, _refresh_token: HeldRefreshToken) -> dict[str, Any]:
        token: dict[str, Any] = self.generate_token(user=user, scope=self.request.scope)
        return token

    def save_token(self, token: dict[str, Any]) -> None:
        """Raises InvalidGrantError where another request with this token was first."""
        request, held = self.request, self.request.refresh_token
        rotates = not request.client.card.is_fapi2
        lifetime = rulebook.get_duration("signin.access_token_lifetime", at=request.at)
        is_narrower = set(request.scope.split()) < set(held.family.scope.split())
        good_now = actions.renew(
            family=held.family,
            token=held.token,
            rotates=rotates,
            access_token=token["access_token"],
            scope=request.scope,
            # What `claims` asked for besides goes with the whole scope alone.
            attributes="" if is_narrower else held.family.attributes,
            dpop_jkt=request.dpop_jkt,
            changes_wait_until=held.passage.changes_wait_until,
            lifetime=lifetime,
            at=request.at,
        )
        if good_now is None:
            raise InvalidGrantError(NOT_GOOD)
        if request.dpop_jkt:
            token["token_type"] = "DPoP"  # noqa: S105 - a kind of token
        token["expires_in"] = int(lifetime.total_seconds())
        if rotates:
            token["refresh_token"] = good_now

    def revoke_old_credential(self, _refresh_token: HeldRefreshToken) -> None:
        """It was used up by the statement that gave the new token."""
