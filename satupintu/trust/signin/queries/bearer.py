# SPDX-License-Identifier: Apache-2.0
"""Who presents an access token."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from satupintu.foundation import crypto
from satupintu.foundation.errors import Refusal
from satupintu.trust.agencies import queries as agencies
from satupintu.trust.signin.models import AccessToken


class InvalidToken(Refusal):
    """Unknown, expired and revoked look the same; so does the token of a suspended client."""

    code = "invalid_token"
    message = _("The access token is missing, unknown, expired or revoked. Ask for a new one.")
    status = 401


class InsufficientScope(Refusal):
    code = "insufficient_scope"
    message = _("The access token does not carry the scope that this call needs.")
    status = 403


@dataclass(frozen=True)
class BearerClient:
    """The client that a token of its own speaks for."""

    client_id: str
    agency_slug: str
    sector: str


@dataclass(frozen=True)
class BearerPerson:
    """The person about whom a token of a sign-in may ask, and the client that holds it."""

    client: agencies.ClientCard
    account_id: UUID
    subject: str
    scopes: frozenset[str]


def authenticate_bearer(*, token: str, scope: str, at: datetime) -> BearerClient:
    """The client behind a token of the agency API.

    Raises InvalidToken (401) or InsufficientScope (403): a person's token never opens the API.
    """
    row, client = _find_token(token=token, at=at)
    if row.account_id is not None or scope not in row.scope.split():
        raise InsufficientScope
    return BearerClient(
        client_id=client.client_id, agency_slug=client.agency.slug, sector=client.agency.sector
    )


def authenticate_person_token(*, token: str, at: datetime) -> BearerPerson:
    """The person behind a token of userinfo.

    Raises InvalidToken (401) or InsufficientScope (403): a client's own token opens nobody.
    """
    row, client = _find_token(token=token, at=at)
    if row.account_id is None:
        raise InsufficientScope
    return BearerPerson(
        client=client,
        account_id=row.account_id,
        subject=row.subject,
        scopes=frozenset(row.scope.split()),
    )


def _find_token(*, token: str, at: datetime) -> tuple[AccessToken, agencies.ClientCard]:
    row = AccessToken.objects.filter(
        token_hash=crypto.hash_secret(token), expires_at__gt=at, revoked_at=None
    ).first()
    client = None if row is None else agencies.get_client(client_id=row.client_id)
    if row is None or client is None:
        raise InvalidToken
    return row, client
