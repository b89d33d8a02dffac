# SPDX-License-Identifier: Apache-2.0
"""Read agencies and their clients. Answers come from memory and are up to 30 seconds old."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.utils.translation import get_language

from satupintu.foundation.snapshot import Snapshot

from .models import Agency, Client
from .rules import compute_thumbprint, drop_suspended_keys

FAPI2 = Client.Profile.FAPI2.value


@dataclass(frozen=True)
class AgencyCard:
    """An agency, in both languages."""

    id: UUID
    slug: str
    name_id: str
    name_en: str
    summary_id: str
    summary_en: str
    level: str
    sector: str
    icon: str
    site_url: str
    login_url: str
    api_url: str
    sees_id: tuple[str, ...]
    sees_en: tuple[str, ...]
    is_suspended: bool
    # It has shown that it serves provisional links safely (safety rule 9).
    serves_provisional: bool = False

    @property
    def name(self) -> str:
        """In the language of the running request."""
        return self.name_id if get_language() == "id" else self.name_en

    @property
    def summary(self) -> str:
        """In the language of the running request."""
        return self.summary_id if get_language() == "id" else self.summary_en

    @property
    def sees(self) -> tuple[str, ...]:
        """What it gets to see once a record is joined, in the language of the running request."""
        return self.sees_id if get_language() == "id" else self.sees_en


@dataclass(frozen=True)
class ClientCard:
    """A registered client with the agency it speaks for."""

    id: UUID
    client_id: str
    agency: AgencyCard
    name: str
    auth_method: str
    secret_hash: str
    jwks: dict[str, Any] | None
    redirect_uris: tuple[str, ...]
    post_logout_redirect_uris: tuple[str, ...]
    backchannel_logout_uri: str
    backchannel_logout_session_required: bool
    grant_types: tuple[str, ...]
    scopes: tuple[str, ...]
    id_token_alg: str
    requires_pushed_requests: bool
    dpop_bound_access_tokens: bool
    profile: str
    is_suspended: bool

    @property
    def is_fapi2(self) -> bool:
        """Held to the FAPI 2.0 Security Profile: pushed requests only, tokens bound to a key,
        assertions for the issuer alone by ES256, PS256 or EdDSA, and no rotation of what it
        refreshes with."""
        return self.profile == FAPI2


@dataclass(frozen=True)
class _Directory:
    agencies: dict[str, AgencyCard]
    clients: dict[str, ClientCard]


def _load_directory() -> _Directory:
    agencies = {
        row.id: AgencyCard(
            id=row.id,
            slug=row.slug,
            name_id=row.name_id,
            name_en=row.name_en,
            summary_id=row.summary_id,
            summary_en=row.summary_en,
            level=row.level,
            sector=row.sector,
            icon=row.icon,
            site_url=row.site_url,
            login_url=row.login_url or row.site_url,
            api_url=row.api_url,
            sees_id=tuple(line["id"] for line in row.sees),
            sees_en=tuple(line["en"] for line in row.sees),
            is_suspended=row.suspended_at is not None,
            serves_provisional=row.serves_provisional_since is not None,
        )
        for row in Agency.objects.order_by("level", "name_id")
    }
    clients = {
        row.client_id: ClientCard(
            id=row.id,
            client_id=row.client_id,
            agency=agencies[row.agency_id],
            name=row.name,
            auth_method=row.auth_method,
            secret_hash=row.secret_hash,
            jwks=drop_suspended_keys(row.jwks, row.suspended_keys or ()),
            redirect_uris=tuple(row.redirect_uris),
            post_logout_redirect_uris=tuple(row.post_logout_redirect_uris),
            backchannel_logout_uri=row.backchannel_logout_uri,
            backchannel_logout_session_required=row.backchannel_logout_session_required,
            grant_types=tuple(row.grant_types),
            scopes=tuple(row.scopes),
            id_token_alg=row.id_token_alg,
            requires_pushed_requests=row.requires_pushed_requests or row.profile == FAPI2,
            dpop_bound_access_tokens=row.dpop_bound_access_tokens or row.profile == FAPI2,
            profile=row.profile,
            is_suspended=row.suspended_at is not None or agencies[row.agency_id].is_suspended,
        )
        for row in Client.objects.all()
    }
    return _Directory(agencies={card.slug: card for card in agencies.values()}, clients=clients)


_directory = Snapshot(_load_directory)


def forget_directory() -> None:
    """Read the tables again at the next question, in this process."""
    _directory.forget()


def get_agency(*, slug: str) -> AgencyCard | None:
    """An agency that may take part now; a suspended one is not there."""
    card = _directory.read().agencies.get(slug)
    return None if card is None or card.is_suspended else card


def list_agencies() -> list[AgencyCard]:
    """All that may take part now: national before provincial, by name."""
    return [card for card in _directory.read().agencies.values() if not card.is_suspended]


def describe_agency(*, slug: str) -> AgencyCard | None:
    """An agency even when it is suspended: for the sender of an old letter."""
    return _directory.read().agencies.get(slug)


def get_client(*, client_id: str) -> ClientCard | None:
    """A client that may speak now; one that is suspended, or whose agency is, is not there."""
    card = _directory.read().clients.get(client_id)
    return None if card is None or card.is_suspended else card


def list_clients(*, agency_slug: str) -> list[ClientCard]:
    """All clients of an agency, suspended ones too."""
    return [c for c in _directory.read().clients.values() if c.agency.slug == agency_slug]


@dataclass(frozen=True)
class KeyCard:
    """One public key of a client, and whether it still proves something."""

    thumbprint: str
    kid: str
    is_suspended: bool


def describe_client(*, client_id: str) -> ClientCard | None:
    """A client even when it is suspended."""
    return _directory.read().clients.get(client_id)


def list_keys(*, client_id: str) -> list[KeyCard]:
    """Keys of a client, suspended ones too; asked of the table."""
    row = Client.objects.filter(client_id=client_id).first()
    if row is None or row.jwks is None:
        return []
    gone = set(row.suspended_keys or ())
    return [
        KeyCard(thumbprint=print_, kid=str(key.get("kid", "")), is_suspended=print_ in gone)
        for key in row.jwks["keys"]
        if (print_ := compute_thumbprint(key))
    ]
