# SPDX-License-Identifier: Apache-2.0
"""Tell a client that a person signed out (OpenID Connect Back-Channel Logout 1.0)."""

import logging
from datetime import datetime
from uuid import UUID

import httpx
from django.conf import settings
from joserfc import jwt

from satupintu.foundation import crypto
from satupintu.foundation.calls import (
    DeadlineTransport,
    forbid_transaction,
    give_back_connection,
    may_call_url,
)
from satupintu.trust.agencies import queries as agencies
from satupintu.trust.rulebook import queries as rulebook
from satupintu.trust.signin.models import Visit
from satupintu.trust.signin.queries import get_sid

from .keys import get_signing_key

log = logging.getLogger(__name__)

EVENT = "http://schemas.openid.net/event/backchannel-logout"
# 200 is the standard's; some frameworks turn an empty one into 204 (section 2.8).
HEARD = frozenset({200, 204})


class LogoutNotHeard(Exception):
    """The client did not say that it ended its session; somebody must tell it again."""


def tell_client(*, account_id: UUID, visit_id: UUID, at: datetime) -> None:
    """Send one logout token, once, and note that it was heard. Never inside a transaction.

    Nothing happens where the visit goes on, was heard of before, or its client listens nowhere.
    A suspended client is told too: what it holds must end. Raises LogoutNotHeard.
    """
    forbid_transaction()
    visit = Visit.objects.filter(
        account_id=account_id, id=visit_id, ended_at__isnull=False, acknowledged_at=None
    ).first()
    client = None if visit is None else agencies.describe_client(client_id=visit.client_id)
    if visit is None or client is None or not client.backchannel_logout_uri:
        return
    token = sign_logout_token(visit=visit, algorithm=client.id_token_alg, at=at)
    timeout = rulebook.get_duration("signin.logout_timeout", agency=client.agency.slug, at=at)
    give_back_connection()
    _post(client, token, seconds=timeout.total_seconds())
    # Whoever signed in again meanwhile has begun a new visit, of which nothing was said.
    Visit.objects.filter(
        account_id=account_id, id=visit_id, ended_at=visit.ended_at, acknowledged_at=None
    ).update(acknowledged_at=at)


def sign_logout_token(*, visit: Visit, algorithm: str, at: datetime) -> str:
    """Section 2.4. It carries no nonce, so that nobody takes it for an ID token."""
    key = get_signing_key(algorithm=algorithm, at=at)
    issued_at = int(at.timestamp())
    lifetime = rulebook.get_duration("signin.logout_token_lifetime", at=at)
    return jwt.encode(
        {"alg": algorithm, "kid": key.kid, "typ": "logout+jwt"},
        {
            "iss": settings.PUBLIC_URL,
            "sub": visit.subject,
            "aud": visit.client_id,
            "iat": issued_at,
            "exp": issued_at + int(lifetime.total_seconds()),
            "jti": crypto.new_secret(),
            "sid": get_sid(session_id=visit.session_id, client_id=visit.client_id),
            "events": {EVENT: {}},
        },
        key,
        algorithms=[algorithm],
    )


def _post(client: agencies.ClientCard, token: str, *, seconds: float) -> None:
    """Raises LogoutNotHeard. What the client says beside its status is not read."""
    allow_loopback = settings.LOOPBACK_ALLOWED
    if not may_call_url(client.backchannel_logout_uri, allow_loopback=allow_loopback):
        log.error("signin.logout_address_refused client_id=%s", client.client_id)
        raise LogoutNotHeard
    transport = DeadlineTransport(seconds=seconds, allow_loopback=allow_loopback)
    try:
        with (
            httpx.Client(transport=transport, trust_env=False, follow_redirects=False) as http,
            http.stream(
                "POST",
                client.backchannel_logout_uri,
                data={"logout_token": token},
                headers={"Accept": "application/json", "User-Agent": "SatuPintu/1"},
            ) as response,
        ):
            status = response.status_code
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        log.warning(
            "signin.logout_not_heard client_id=%s reason=%s",
            client.client_id,
            type(error).__name__,
        )
        raise LogoutNotHeard from error
    if status not in HEARD:
        log.warning("signin.logout_not_heard client_id=%s status=%s", client.client_id, status)
        raise LogoutNotHeard
