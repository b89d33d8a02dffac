# SPDX-License-Identifier: Apache-2.0
"""An outside identity provider, to which we are the relying party (OpenID Connect Core 1.0).

Its answers are checked like anything else that comes from outside: what does not fit exactly is
nonsense, and nothing is done with it. Which provider that is stands in the settings.
"""

import hmac
import json
import logging
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeGuard

import httpx
from django.conf import settings
from django.utils.translation import gettext_lazy as _
from joserfc import jws, jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet

from satupintu.foundation.calls import (
    DeadlineTransport,
    forbid_transaction,
    give_back_connection,
    may_call_url,
)
from satupintu.foundation.errors import Refusal
from satupintu.trust.rulebook import queries as rulebook

log = logging.getLogger(__name__)
# Its line at INFO holds the whole address.
logging.getLogger("httpx").setLevel(logging.WARNING)

ALGORITHMS = ["ES256"]
SKEW_SECONDS = 60
LARGEST_ANSWER = 65_536
LONGEST_SUBJECT = 255  # OpenID Connect Core 1.0, section 2, sub
# A slow provider may keep some of a process's threads waiting, never all of them.
_at_once = threading.BoundedSemaphore(2)
PATIENCE_SECONDS = 0.5


class ProviderUnavailable(Refusal):
    code = "identity_provider_unavailable"
    message = _(
        "The place that checks identities is not answering right now. Nothing happened to your "
        "account. Please try again in a few minutes."
    )
    status = 503


class ProviderAnswersNonsense(Refusal):
    code = "identity_provider_answers_nonsense"
    message = _(
        "The place that checks identities gave an answer that we cannot use. We did nothing with "
        "it. Please try again later."
    )
    status = 502


@dataclass(frozen=True)
class Endpoints:
    """Where one provider said that it does what; kept for the length of one visit, so that no
    other provider's answer can be taken for its (RFC 9207, mix-up)."""

    issuer: str
    authorization: str
    token: str
    jwks: str


@dataclass(frozen=True)
class Identity:
    """Who the provider says this is, and how sure it is."""

    subject: str
    level: int
    name: str


def discover(*, at: datetime) -> Endpoints:
    """Ask the provider of the settings for its addresses (OpenID Connect Discovery 1.0, 4)."""
    issuer = settings.IDENTITY_PROVIDER["issuer"]
    found = _read_object(_call("GET", f"{issuer}/.well-known/openid-configuration", at=at))
    if found.get("issuer") != issuer:
        # Section 4.3: a document that names another issuer is not this one's.
        raise _nonsense("another_issuer")
    names = ("authorization_endpoint", "token_endpoint", "jwks_uri")
    addresses = [found.get(name) for name in names]
    if not all(isinstance(one, str) and _may_call(one) for one in addresses):
        raise _nonsense("addresses")
    return Endpoints(issuer, *(str(one) for one in addresses))


def exchange_code(
    *, endpoints: Endpoints, code: str, verifier: str, nonce: str, redirect_uri: str, at: datetime
) -> Identity:
    """Trade a code for what the provider vouches for, and believe only what its key signed.

    Raises ProviderUnavailable or ProviderAnswersNonsense.
    """
    provider = settings.IDENTITY_PROVIDER
    answer = _call(
        "POST",
        endpoints.token,
        form={
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": redirect_uri,
            "code_verifier": verifier,
        },
        auth=(provider["client_id"], provider["client_secret"]),
        at=at,
    )
    id_token = _read_object(answer).get("id_token")
    if not isinstance(id_token, str):
        raise _nonsense("no_id_token")
    keys = _call("GET", endpoints.jwks, at=at)
    claims = _verify(id_token, keys, issuer=endpoints.issuer, nonce=nonce, at=at)
    level = provider["levels"].get(str(claims.get("acr", "")))
    if level is None:
        raise _nonsense("acr")
    return Identity(subject=claims["sub"], level=level, name=str(claims.get("name", "")))


def _verify(id_token: str, keys: bytes, *, issuer: str, nonce: str, at: datetime) -> dict[str, Any]:
    """OpenID Connect Core 1.0, section 3.1.3.7."""
    try:
        kid = str(jws.extract_compact(id_token.encode()).headers().get("kid", ""))
        key = next(one for one in KeySet.import_key_set(json.loads(keys)).keys if one.kid == kid)
        claims = dict(jwt.decode(id_token, key, algorithms=ALGORITHMS).claims)
    except (JoseError, ValueError, TypeError, KeyError, AttributeError, StopIteration):
        # Their messages may quote the token.
        raise _nonsense("signature") from None
    fault = _find_fault(claims, issuer=issuer, nonce=nonce, now=at.timestamp())
    if fault:
        raise _nonsense(fault)
    return claims


def _find_fault(claims: dict[str, Any], *, issuer: str, nonce: str, now: float) -> str:
    us = settings.IDENTITY_PROVIDER["client_id"]
    expires, issued, subject = claims.get("exp"), claims.get("iat"), claims.get("sub")
    checks = {
        "iss": claims.get("iss") == issuer,
        # Exactly us: a token that others may use as well is not for us to trust.
        "aud": claims.get("aud") in (us, [us]),
        "azp": claims.get("azp", us) == us,
        "exp": _is_number(expires) and expires > now - SKEW_SECONDS,
        "iat": _is_number(issued) and abs(issued - now) < 600,
        "nonce": hmac.compare_digest(str(claims.get("nonce", "")).encode(), nonce.encode()),
        "sub": isinstance(subject, str) and 0 < len(subject) <= LONGEST_SUBJECT,
    }
    return next((name for name, holds in checks.items() if not holds), "")


def _is_number(value: object) -> TypeGuard[float]:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _may_call(address: str) -> bool:
    return may_call_url(address, allow_loopback=settings.LOOPBACK_ALLOWED)


def _nonsense(reason: str) -> ProviderAnswersNonsense:
    log.warning("identity_provider_answers_nonsense reason=%s", reason)
    return ProviderAnswersNonsense()


def _read_object(body: bytes) -> dict[str, Any]:
    try:
        found = json.loads(body)
    except ValueError:
        raise _nonsense("no_json") from None
    if not isinstance(found, dict):
        raise _nonsense("no_object")
    return found


def _call(
    method: str,
    url: str,
    *,
    at: datetime,
    form: dict[str, str] | None = None,
    auth: tuple[str, str] | None = None,
) -> bytes:
    """One call with one deadline, no redirects, and an answer of limited size. Raises RuntimeError
    inside a transaction: a slow provider must not hold our locks."""
    forbid_transaction()
    if not _may_call(url):
        log.error("identity_provider_address_refused")
        raise ProviderUnavailable
    seconds = rulebook.get_duration("identity.provider_timeout", at=at).total_seconds()
    give_back_connection()
    transport = DeadlineTransport(seconds=seconds, allow_loopback=settings.LOOPBACK_ALLOWED)
    try:
        with (
            _one_of_few(),
            httpx.Client(transport=transport, trust_env=False, follow_redirects=False) as client,
            client.stream(
                method,
                url,
                data=form,
                auth=auth,
                headers={"Accept": "application/json", "Accept-Encoding": "identity"},
            ) as response,
        ):
            body = _read_body(response)
    except (httpx.RemoteProtocolError, httpx.InvalidURL, httpx.DecodingError) as error:
        raise _nonsense(type(error).__name__) from None
    except httpx.HTTPError as error:
        log.warning("identity_provider_does_not_answer reason=%s", type(error).__name__)
        raise ProviderUnavailable from None
    if response.status_code >= 500:
        raise ProviderUnavailable
    if response.status_code != 200:
        raise _nonsense(f"status_{response.status_code}")
    return body


def _read_body(response: httpx.Response) -> bytes:
    content = bytearray()
    for chunk in response.iter_raw():
        content += chunk
        if len(content) > LARGEST_ANSWER:
            raise _nonsense("too_large")
    return bytes(content)


@contextmanager
def _one_of_few() -> Iterator[None]:
    if not _at_once.acquire(timeout=PATIENCE_SECONDS):
        raise ProviderUnavailable
    try:
        yield
    finally:
        _at_once.release()
