# SPDX-License-Identifier: Apache-2.0
"""Who presents an access token."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import connection
from django.utils.translation import gettext_lazy as _

from satupintu.foundation import crypto
from satupintu.foundation.errors import Refusal
from satupintu.trust.agencies import queries as agencies
from satupintu.trust.signin.rules import ATTRIBUTES_OF_SCOPE, PERSON_SCOPES


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
    attributes: frozenset[str]  # that the token was made to ask about
    is_offline: bool  # it asks without her session, as she agreed
    changes_wait_until: datetime | None


def authenticate_bearer(
    *, token: str, scope: str, at: datetime, dpop_jkt: str = ""
) -> BearerClient:
    """The client behind a token of the agency API. `dpop_jkt` names the key that the caller showed
    in this call (RFC 9449): a token that is bound to one opens nothing without it.

    Raises InvalidToken (401) or InsufficientScope (403): a person's token never opens the API.
    """
    found = _find_token(token=token, at=at, dpop_jkt=dpop_jkt)
    if found.account_id is not None or scope not in found.scopes:
        raise InsufficientScope
    client = found.client
    return BearerClient(
        client_id=client.client_id, agency_slug=client.agency.slug, sector=client.agency.sector
    )


def authenticate_person_token(*, token: str, at: datetime, dpop_jkt: str = "") -> BearerPerson:
    """The person behind a token of userinfo. `dpop_jkt` as in `authenticate_bearer`.

    Raises InvalidToken (401) or InsufficientScope (403): a client's own token opens nobody.
    """
    found = _find_token(token=token, at=at, dpop_jkt=dpop_jkt)
    if found.account_id is None:
        raise InsufficientScope
    return BearerPerson(
        client=found.client,
        account_id=found.account_id,
        subject=found.subject,
        attributes=found.attributes
        | {ATTRIBUTES_OF_SCOPE[scope] for scope in found.scopes & set(PERSON_SCOPES)},
        is_offline=found.session_id is None,
        changes_wait_until=found.changes_wait_until,
    )


@dataclass(frozen=True)
class _Found:
    client: agencies.ClientCard
    account_id: UUID | None
    session_id: UUID | None
    subject: str
    scopes: frozenset[str]
    attributes: frozenset[str]
    changes_wait_until: datetime | None


def _find_token(*, token: str, at: datetime, dpop_jkt: str) -> _Found:
    # Written out because every call of an agency pays for it (see actions/codes.py).
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT client_id, account_id, session_id, subject, scope, attributes, dpop_jkt,
                changes_wait_until
            FROM signin_access_token
            WHERE token_hash = %s AND expires_at > %s AND revoked_at IS NULL
            """,
            [crypto.hash_secret(token), at],
        )
        row = cursor.fetchone()
    if row is None:
        raise InvalidToken
    client_id, account_id, session_id, subject, scope, attributes, *rest = row
    bound_to, changes_wait_until = rest
    # A bound token without its key is a stolen one; a key for a token that has none is a mistake.
    if bound_to != dpop_jkt:
        raise InvalidToken
    client = agencies.get_client(client_id=client_id)
    if client is None:
        raise InvalidToken
    return _Found(
        client=client,
        account_id=account_id,
        session_id=session_id,
        subject=subject,
        scopes=frozenset(scope.split()),
        attributes=frozenset(attributes.split()),
        changes_wait_until=changes_wait_until,
    )
