# SPDX-License-Identifier: Apache-2.0
"""How clients name a person's sessions, and where she is signed in."""

import hmac
from uuid import UUID

from satupintu.foundation import crypto
from satupintu.trust.agencies import queries as agencies
from satupintu.trust.signin.models import Visit


def get_sid(*, session_id: UUID, client_id: str) -> str:
    """The `sid` by which one client knows one session (OpenID Connect Back-Channel Logout 2.1).

    The same as long as the session runs, another for every client: two agencies that lay theirs
    side by side learn nothing. A keyed hash, so that nobody can compute it.
    """
    return crypto.keyed_hash("signin.sid", f"{session_id}\x00{client_id}")


def is_session_named(*, sid: str, session_id: UUID, client_id: str) -> bool:
    """Whether a client's `sid` means this session. Takes the same time either way."""
    known = get_sid(session_id=session_id, client_id=client_id)
    return hmac.compare_digest(known.encode(), sid.encode())


def list_agencies_visited(*, account_id: UUID, session_id: UUID) -> list[agencies.AgencyCard]:
    """The agencies that will end their own sessions when this one ends, each once, by name."""
    client_ids = Visit.objects.filter(
        account_id=account_id, session_id=session_id, ended_at=None
    ).values_list("client_id", flat=True)
    cards = {
        client.agency.slug: client.agency
        for client in (agencies.get_client(client_id=client_id) for client_id in client_ids)
        if client is not None and client.backchannel_logout_uri
    }
    return sorted(cards.values(), key=lambda card: card.name)
