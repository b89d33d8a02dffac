# SPDX-License-Identifier: Apache-2.0
"""Signing in with Satu Pintu: OpenID Connect, code flow with PKCE, proved by private_key_jwt."""

import secrets
import time
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

import httpx
from authlib.oauth2.auth import ClientAuth
from authlib.oauth2.base import OAuth2Error
from authlib.oauth2.client import OAuth2Client
from authlib.oauth2.rfc7523 import PrivateKeyJWT
from authlib.oauth2.rfc7636 import create_s256_code_challenge
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import ECKey

from .keys import AgencyKeys
from .settings import AgencySettings

DISCOVERY_KEPT_SECONDS = 3600
ASSERTION_LIFETIME_SECONDS = 60
SKEW_SECONDS = 60
# Two factors: one alone sees nothing of anybody's record.
WANTED_ACR = "urn:satupintu:acr:ip0:al2"


class PortalUnreachable(Exception):
    """The portal does not answer, or not with what it published."""


class SignInRefused(Exception):
    """What came back from the portal proves nobody. The reason is for the log, not the page."""


class _ShortAssertion(PrivateKeyJWT):
    """Authlib's, but living a minute instead of an hour, with a fresh jti each time."""

    alg = "ES256"

    def sign(self, auth: ClientAuth, token_endpoint: str) -> str:
        now = int(time.time())
        claims = {
            "iss": auth.client_id,
            "sub": auth.client_id,
            "aud": token_endpoint,
            "iat": now,
            "exp": now + ASSERTION_LIFETIME_SECONDS,
            "jti": secrets.token_urlsafe(24),
        }
        key: ECKey = auth.client_secret
        return jwt.encode(
            {"alg": self.alg, "kid": key.kid, "typ": "JWT"}, claims, key, algorithms=[self.alg]
        )


class _Session:
    """What Authlib's client needs of an HTTP library, done with httpx."""

    def __init__(self, http: httpx.Client) -> None:
        self._http = http

    def post(
        self, url: str, *, data: Mapping[str, str], headers: Mapping[str, str], auth: ClientAuth
    ) -> httpx.Response:
        url, prepared, body = auth.prepare("POST", url, dict(headers), urlencode(data))
        return self._http.post(url, content=body, headers=prepared)


class Portal:
    """The portal as this agency's programs speak to it."""

    def __init__(self, *, settings: AgencySettings, keys: AgencyKeys) -> None:
        self._settings = settings
        self._keys = keys
        self._discovery: dict[str, Any] = {}
        self._discovered_at = float("-inf")
        self._token = ""
        self._token_good_until = float("-inf")

    def get_discovery(self) -> dict[str, Any]:
        """The portal's published addresses. Raises PortalUnreachable."""
        if time.monotonic() - self._discovered_at > DISCOVERY_KEPT_SECONDS:
            issuer = self._settings.portal_issuer
            try:
                with httpx.Client(timeout=5) as session:
                    answer = session.get(f"{issuer}/.well-known/openid-configuration")
                    found = answer.raise_for_status().json()
            except (httpx.HTTPError, ValueError) as error:
                raise PortalUnreachable("no discovery document") from error
            # RFC 8414, section 3.3: a document that names another issuer is not ours.
            if not isinstance(found, dict) or found.get("issuer") != issuer:
                raise PortalUnreachable("the discovery document names another issuer")
            self._discovery = found
            self._discovered_at = time.monotonic()
        return self._discovery

    def _open_session(self, *, session: httpx.Client, scope: str) -> OAuth2Client:
        client = OAuth2Client(
            _Session(session),
            client_id=self._settings.client_id,
            client_secret=self._keys.client_key,
            token_endpoint_auth_method="private_key_jwt",  # noqa: S106  (a method's name)
            redirect_uri=f"{self._settings.public_url}/callback",
            scope=scope,
            code_challenge_method="S256",
        )
        client.register_client_auth_method(_ShortAssertion(self.get_discovery()["token_endpoint"]))
        return client

    def get_access_token(self) -> str:
        """A token for the agency API of the portal, kept until shortly before it ends.

        Raises PortalUnreachable or SignInRefused.
        """
        if time.monotonic() > self._token_good_until:
            with httpx.Client(timeout=10) as session:
                client = self._open_session(session=session, scope="messages:send")
                token = self._fetch_token(client, grant_type="client_credentials")
            self._token = str(token["access_token"])
            self._token_good_until = time.monotonic() + int(token.get("expires_in", 60)) - 20
        return self._token

    def forget_access_token(self) -> None:
        """The portal did not take it: ask for another one next time."""
        self._token_good_until = float("-inf")

    def _fetch_token(self, client: OAuth2Client, **parameters: str) -> dict[str, Any]:
        try:
            token = client.fetch_token(self.get_discovery()["token_endpoint"], **parameters)
        except OAuth2Error as error:
            raise SignInRefused(str(error.error)) from error
        except (httpx.HTTPError, ValueError, KeyError) as error:
            raise PortalUnreachable("the token endpoint does not answer") from error
        return dict(token)


routes: list = []
