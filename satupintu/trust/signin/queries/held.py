# SPDX-License-Identifier: Apache-2.0
"""Tokens that agencies hold, for those who ask whether they are good."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import connection

from satupintu.foundation import crypto
from satupintu.trust.agencies import queries as agencies
from satupintu.trust.consent import queries as consents
from satupintu.trust.signin.rules import ATTRIBUTES_OF_SCOPE

from .families import find_passage, get_family, is_refresh_token

_READ_ISSUED = """
    SELECT token.client_id, token.account_id, token.subject, token.scope, token.dpop_jkt,
        token.issued_at, token.expires_at, family.acr, family.amr, family.authenticated_at
    FROM signin_access_token AS token
    LEFT JOIN signin_refresh_family AS family
        ON family.account_id = token.account_id AND family.grant_id = token.grant_id
    WHERE token.token_hash = %s AND token.expires_at > %s AND token.revoked_at IS NULL
"""


@dataclass(frozen=True)
class HeldToken:
    """A token that is good now."""

    is_access_token: bool
    client_id: str
    subject: str  # "" for a client's own token
    scope: str
    dpop_jkt: str
    issued_at: datetime
    expires_at: datetime
    # Known where the sign-in gave a refresh token too.
    acr: str = ""
    amr: str = ""
    authenticated_at: datetime | None = None


def get_held_token(*, token: str, agency: agencies.AgencyCard, at: datetime) -> HeldToken | None:
    """A token of one of this agency's clients that would be accepted now; None for all else."""
    if is_refresh_token(token):
        return _get_refresh_token(token, agency=agency, at=at)
    return _get_access_token(token, agency=agency, at=at)


def _get_refresh_token(
    token: str, *, agency: agencies.AgencyCard, at: datetime
) -> HeldToken | None:
    family = get_family(token=token, at=at)
    if (
        family is None
        or not _is_of(family.client_id, agency)
        or not family.is_good(token)
        or find_passage(family, agency=agency, at=at) is None
    ):
        return None
    return HeldToken(
        is_access_token=False,
        client_id=family.client_id,
        subject=family.subject,
        scope=family.scope,
        dpop_jkt="",
        issued_at=family.issued_at,
        expires_at=family.expires_at,
        acr=family.acr,
        amr=family.amr,
        authenticated_at=family.authenticated_at,
    )


def _get_access_token(token: str, *, agency: agencies.AgencyCard, at: datetime) -> HeldToken | None:
    with connection.cursor() as cursor:
        cursor.execute(_READ_ISSUED, [crypto.hash_secret(token), at])
        row = cursor.fetchone()
    if row is None:
        return None
    client_id, account_id, *rest = row
    if not _is_of(client_id, agency) or not _is_agreed(account_id, agency=agency, at=at):
        return None
    subject, scope, dpop_jkt, issued_at, expires_at, acr, amr, authenticated_at = rest
    return HeldToken(
        is_access_token=True,
        client_id=client_id,
        subject=subject,
        scope=scope,
        dpop_jkt=dpop_jkt,
        issued_at=issued_at,
        expires_at=expires_at,
        acr=acr or "",
        amr=amr or "",
        authenticated_at=authenticated_at,
    )


def _is_of(client_id: str, agency: agencies.AgencyCard) -> bool:
    """Whether the token's client may speak now, and for the same agency as who asks."""
    client = agencies.get_client(client_id=client_id)
    return client is not None and client.agency.slug == agency.slug


def _is_agreed(account_id: UUID | None, *, agency: agencies.AgencyCard, at: datetime) -> bool:
    """A person's token is good for as long as she lets the agency know her."""
    return account_id is None or ATTRIBUTES_OF_SCOPE["openid"] in consents.list_allowed_attributes(
        account_id=account_id, agency_slug=agency.slug, at=at
    )


def find_owner(*, token: str, at: datetime) -> str | None:
    """The client that a token was given to; None where it is no token, or none any more."""
    if is_refresh_token(token):
        family = get_family(token=token, at=at)
        return None if family is None else family.client_id
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT client_id FROM signin_access_token
            WHERE token_hash = %s AND expires_at > %s AND revoked_at IS NULL
            """,
            [crypto.hash_secret(token), at],
        )
        row = cursor.fetchone()
    return None if row is None else row[0]
