# SPDX-License-Identifier: Apache-2.0
"""Is this call from the portal? Its bearer token is an ES256 JWT, checked against its JWKS."""

import threading
import time
from datetime import datetime
from typing import Any

import httpx
from joserfc import jws, jwt
from joserfc.errors import JoseError
from joserfc.jwk import ECKey

from . import register
from .problems import Problem
from .settings import AgencySettings

# Clocks differ by some seconds everywhere; by minutes only where something is wrong.
SKEW_SECONDS = 60
LONGEST_LIFETIME_SECONDS = 300
KEYS_KEPT_SECONDS = 3600
SECONDS_BETWEEN_REFRESHES = 10


class PortalKeys:
    """The portal's public keys: kept an hour, and asked for again when a token names a new one."""

    def __init__(self, *, issuer: str) -> None:
        self._url = f"{issuer}/.well-known/jwks.json"
        self._keys: dict[str, ECKey] = {}
        self._fetched_at = float("-inf")
        self._lock = threading.Lock()

    def get_key(self, *, kid: str) -> ECKey | None:
        """Raises Problem `portal_unreachable` if the keys are needed and cannot be had."""
        with self._lock:
            age = time.monotonic() - self._fetched_at
            # A stranger may name kids that never existed: one question every 10 s is enough.
            if age > KEYS_KEPT_SECONDS or (
                kid not in self._keys and age > SECONDS_BETWEEN_REFRESHES
            ):
                self._keys = self._fetch()
                self._fetched_at = time.monotonic()
            return self._keys.get(kid)

    def _fetch(self) -> dict[str, ECKey]:
        try:
            answer = httpx.get(self._url, timeout=3, trust_env=False).raise_for_status()
            return {
                key["kid"]: ECKey.import_key(key)
                for key in answer.json()["keys"]
                if key.get("kty") == "EC" and key.get("use", "sig") == "sig" and "kid" in key
            }
        except (httpx.HTTPError, ValueError, KeyError, TypeError, JoseError) as error:
            raise Problem(
                status=503,
                code="portal_unreachable",
                title="The portal's keys cannot be read now.",
                detail="Try again in a moment.",
                headers={"Retry-After": "5"},
            ) from error


def _refuse(detail: str, *, code: str = "invalid_token") -> Problem:
    return Problem(
        status=401,
        code=code,
        title="The token is not accepted.",
        detail=detail,
        headers={"WWW-Authenticate": 'Bearer error="invalid_token"'},
    )


def check_portal_token(
    *, settings: AgencySettings, portal_keys: PortalKeys, authorization: str, at: datetime
) -> None:
    """Accept a token once. Raises Problem 401, or 403 when it is good but not for linking."""
    scheme, _, token = authorization.partition(" ")
    if scheme.lower() != "bearer" or not token.strip():
        raise Problem(
            status=401,
            code="token_missing",
            title="A token is needed.",
            detail="Send the header Authorization: Bearer <token>.",
            headers={"WWW-Authenticate": "Bearer"},
        )
    claims = _read_claims(portal_keys=portal_keys, token=token.strip())
    audience = claims.get("aud")
    if claims.get("iss") != settings.portal_issuer:
        raise _refuse("The token was issued by somebody else.")
    if settings.api_url not in (audience if isinstance(audience, list) else [audience]):
        raise _refuse("The token is meant for somebody else: its audience is not this agency.")
    jti, expires_at = _check_times(claims=claims, now=int(at.timestamp()))
    if "linking" not in str(claims.get("scope", "")).split():
        raise Problem(
            status=403,
            code="insufficient_scope",
            title="The token is not for linking.",
            headers={"WWW-Authenticate": 'Bearer error="insufficient_scope", scope="linking"'},
        )
    with register.open_register(settings.register_path) as connection:
        connection.execute(
            "DELETE FROM seen_token WHERE expires_at < ?",
            (int(at.timestamp()) - 2 * SKEW_SECONDS,),
        )
        fresh = connection.execute(
            "INSERT OR IGNORE INTO seen_token (jti, expires_at) VALUES (?, ?)", (jti, expires_at)
        )
        if fresh.rowcount == 0:
            raise _refuse("The token was used before. Make a new one for every call.")


def _read_claims(*, portal_keys: PortalKeys, token: str) -> dict[str, Any]:
    try:
        header = jws.extract_compact(token.encode()).headers()
    except (JoseError, ValueError, TypeError) as error:
        raise _refuse("The token is not a signed JWT.") from error
    key = portal_keys.get_key(kid=str(header.get("kid", "")))
    if key is None:
        raise _refuse("The token is signed with a key that the portal does not publish.")
    try:
        return dict(jwt.decode(token, key, algorithms=["ES256"]).claims)
    except (JoseError, ValueError, TypeError) as error:
        raise _refuse("The token's signature is not valid.") from error


def _check_times(*, claims: dict[str, Any], now: int) -> tuple[str, int]:
    issued, expires, jti = claims.get("iat"), claims.get("exp"), claims.get("jti")
    if (
        not isinstance(issued, int | float)
        or not isinstance(expires, int | float)
        or not isinstance(jti, str)
        or not 1 <= len(jti) <= 200
    ):
        raise _refuse("The token lacks iat, exp or jti.")
    if issued > now + SKEW_SECONDS:
        minutes = round((issued - now) / 60, 1)
        raise _refuse(
            f"The token was issued {minutes} minutes in the future. Check both clocks.",
            code="clock_skew",
        )
    if expires < now - SKEW_SECONDS:
        minutes = round((now - expires) / 60, 1)
        raise _refuse(
            f"The token ended {minutes} minutes ago. Make a new one, and check both clocks.",
            code="token_expired",
        )
    if expires - issued > LONGEST_LIFETIME_SECONDS:
        raise _refuse("The token lives too long: 60 seconds are enough.")
    return jti, int(expires)
