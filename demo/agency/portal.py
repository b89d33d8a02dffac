# SPDX-License-Identifier: Apache-2.0
"""The portal as an agency's programs speak to it: OpenID Connect with PKCE, and access tokens.

The agency proves itself by private_key_jwt. Everything here may wait for the network: call it in
a thread, never in the event loop.
"""

import hmac
import secrets
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

import httpx
from authlib.oauth2.auth import ClientAuth
from authlib.oauth2.base import OAuth2Error
from authlib.oauth2.client import OAuth2Client
from authlib.oauth2.rfc7523 import PrivateKeyJWT
from authlib.oidc.core.util import create_half_hash
from joserfc import jws, jwt
from joserfc.errors import JoseError
from joserfc.jwk import ECKey

from .keys import AgencyKeys
from .problems import Problem
from .settings import AgencySettings
from .tokens import PortalKeys

DISCOVERY_KEPT_SECONDS = 3600
ASSERTION_LIFETIME_SECONDS = 60
SKEW_SECONDS = 60
# Two factors: one alone sees nothing of anybody's record.
WANTED_ACR = "urn:satupintu:acr:ip0:al2"


class PortalUnreachable(Exception):
    """The portal does not answer, or not with what it published."""


class SignInRefused(Exception):
    """What came back from the portal proves nobody. The reason is for the log, not the page."""


class SecondFactorMissing(SignInRefused):
    """Who came has signed in with one factor only."""


@dataclass(frozen=True)
class Started:
    """Where to send the browser, and what to remember until it comes back."""

    url: str
    state: str
    nonce: str
    code_verifier: str


@dataclass(frozen=True)
class Arrived:
    """Who came back: the agency's own subject for that person, and nothing else."""

    subject: str
    acr: str
    # The portal's session, and when it spoke of it.
    sid: str
    issued_at: int
    # Shown again when the person signs out: it tells the portal which of its sessions is meant.
    id_token: str = ""
    # Her link is provisional: bank details and address must stay as they are until then.
    changes_wait_until: int | None = None


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

    def __init__(
        self, *, settings: AgencySettings, keys: AgencyKeys, portal_keys: PortalKeys | None = None
    ) -> None:
        self._settings = settings
        self._keys = keys
        self._portal_keys = portal_keys or PortalKeys(issuer=settings.portal_issuer)
        self._discovery: dict[str, Any] = {}
        self._discovered_at = float("-inf")
        # By scope: the token, and until when it is good.
        self._tokens: dict[str, tuple[str, float]] = {}

    def get_discovery(self) -> dict[str, Any]:
        """The portal's published addresses. Raises PortalUnreachable."""
        if time.monotonic() - self._discovered_at > DISCOVERY_KEPT_SECONDS:
            issuer = self._settings.portal_issuer
            try:
                with httpx.Client(timeout=5, trust_env=False) as session:
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

    def start_sign_in(self, *, language: str) -> Started:
        """Raises PortalUnreachable."""
        verifier, nonce = secrets.token_urlsafe(48), secrets.token_urlsafe(24)
        with httpx.Client(timeout=10, trust_env=False) as session:
            client = self._open_session(session=session, scope="openid")
            url, state = client.create_authorization_url(
                self.get_discovery()["authorization_endpoint"],
                code_verifier=verifier,
                nonce=nonce,
                acr_values=WANTED_ACR,
                ui_locales=language,
            )
        return Started(url=url, state=state, nonce=nonce, code_verifier=verifier)

    def find_end_of_session(self) -> str:
        """Where a person may be sent to sign out at the portal too (OpenID Connect RP-Initiated
        Logout 1.0); "" where it offers none. Raises PortalUnreachable."""
        address = str(self.get_discovery().get("end_session_endpoint", ""))
        return address if address.startswith(f"{self._settings.portal_issuer}/") else ""

    def finish_sign_in(self, *, code: str, nonce: str, code_verifier: str, now: int) -> Arrived:
        """Trade the code for an id_token and believe only what its signature covers.

        Raises PortalUnreachable, SignInRefused or SecondFactorMissing.
        """
        with httpx.Client(timeout=10, trust_env=False) as session:
            client = self._open_session(session=session, scope="openid")
            token = self._fetch_token(
                client, grant_type="authorization_code", code=code, code_verifier=code_verifier
            )
        claims = self._verify_id_token(
            id_token=str(token.get("id_token", "")),
            access_token=str(token.get("access_token", "")),
            nonce=nonce,
            now=now,
        )
        acr = str(claims.get("acr", ""))
        if not acr.startswith("urn:satupintu:acr:ip") or not acr.endswith(":al2"):
            raise SecondFactorMissing("acr is below al2")
        waits = claims.get("changes_wait_until")
        return Arrived(
            subject=str(claims["sub"]),
            acr=acr,
            sid=str(claims.get("sid", "")),
            issued_at=int(claims["iat"]),
            id_token=str(token["id_token"]),
            changes_wait_until=int(waits) if isinstance(waits, int) else None,
        )

    def _verify_id_token(
        self, *, id_token: str, access_token: str, nonce: str, now: int
    ) -> dict[str, Any]:
        """OpenID Connect Core, section 3.1.3.7, in its order."""
        try:
            kid = str(jws.extract_compact(id_token.encode()).headers().get("kid", ""))
            key = self._portal_keys.get_key(kid=kid)
            if key is None:
                raise SignInRefused("id_token is signed with an unpublished key")
            claims = dict(jwt.decode(id_token, key, algorithms=["ES256"]).claims)
        except Problem as problem:
            raise PortalUnreachable("the portal's keys cannot be read") from problem
        except (JoseError, ValueError, TypeError) as error:
            raise SignInRefused("id_token is not validly signed") from error
        us = self._settings.client_id
        audience = claims.get("aud")
        expires, issued = claims.get("exp"), claims.get("iat")
        checks = {
            "iss": claims.get("iss") == self._settings.portal_issuer,
            # Exactly us: a token that others may use as well is not for us to trust.
            "aud": audience in (us, [us]),
            "azp": claims.get("azp", us) == us,
            "exp": isinstance(expires, int) and now < expires + SKEW_SECONDS,
            "iat": isinstance(issued, int) and now > issued - SKEW_SECONDS,
            "nonce": hmac.compare_digest(str(claims.get("nonce", "")).encode(), nonce.encode()),
            "sub": isinstance(claims.get("sub"), str) and 1 <= len(claims["sub"]) <= 255,
            "at_hash": "at_hash" not in claims
            or claims["at_hash"] == create_half_hash(access_token, "ES256").decode(),
        }
        wrong = [name for name, good in checks.items() if not good]
        if wrong:
            raise SignInRefused(f"id_token: {', '.join(wrong)}")
        return claims

    def get_access_token(self, scope: str = "messages:send") -> str:
        """A token for the agency API of the portal, kept until shortly before it ends.

        Raises PortalUnreachable or SignInRefused.
        """
        kept, good_until = self._tokens.get(scope, ("", float("-inf")))
        if time.monotonic() > good_until:
            with httpx.Client(timeout=10, trust_env=False) as session:
                client = self._open_session(session=session, scope=scope)
                token = self._fetch_token(client, grant_type="client_credentials")
            kept = str(token["access_token"])
            good_until = time.monotonic() + int(token.get("expires_in", 60)) - 20
            self._tokens[scope] = (kept, good_until)
        return kept

    def forget_access_token(self) -> None:
        """The portal did not take one: ask for another next time."""
        self._tokens.clear()

    def _fetch_token(self, client: OAuth2Client, **parameters: str) -> dict[str, Any]:
        try:
            token = client.fetch_token(self.get_discovery()["token_endpoint"], **parameters)
        except OAuth2Error as error:
            raise SignInRefused(str(error.error)) from error
        except (httpx.HTTPError, ValueError, KeyError) as error:
            raise PortalUnreachable("the token endpoint does not answer") from error
        return dict(token)
