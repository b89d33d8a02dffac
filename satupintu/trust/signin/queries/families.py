# SPDX-License-Identifier: Apache-2.0
"""Refresh tokens: which sign-in they follow from, and whether that still stands."""

import hmac
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import connection

from satupintu.foundation import crypto
from satupintu.trust.accounts import queries as accounts
from satupintu.trust.agencies.queries import AgencyCard
from satupintu.trust.consent import queries as consents
from satupintu.trust.identity import queries as identities
from satupintu.trust.rulebook import queries as rulebook
from satupintu.trust.signin.acr import LEVELS, Pair, read_acr
from satupintu.trust.signin.rules import ATTRIBUTES_OF_SCOPE, OFFLINE_ACCESS

from .passage import Passage, get_passage

# Between the half of a token that names its family, and the half that changes with each use.
SEPARATOR = "."
_READ = """
    SELECT token_hash, grant_id, client_id, account_id, session_id, is_offline, is_bound, subject,
        scope, attributes, acr, amr, authenticated_at, issued_at, expires_at
    FROM signin_refresh_family
    WHERE family_hash = %s AND ended_at IS NULL AND expires_at > %s
"""


@dataclass(frozen=True)
class Family:
    """The refresh tokens of one sign-in, while they live."""

    family_hash: str
    token_hash: str
    grant_id: UUID
    client_id: str
    account_id: UUID
    session_id: UUID
    is_offline: bool
    is_bound: bool
    subject: str
    scope: str
    attributes: str
    acr: str
    amr: str
    authenticated_at: datetime
    issued_at: datetime
    expires_at: datetime

    def is_good(self, token: str) -> bool:
        """Whether this is the one that may be used now. Takes the same time either way."""
        return hmac.compare_digest(crypto.hash_secret(token), self.token_hash)


def get_offline_end(*, agency_slug: str, at: datetime) -> datetime:
    """Until when an agency may ask without her, were she to agree now."""
    return at + rulebook.get_duration("signin.offline_access_lifetime", agency=agency_slug, at=at)


def is_refresh_token(token: str) -> bool:
    """By its looks alone. An access token has no halves."""
    return SEPARATOR in token


def hash_family(token: str) -> str:
    return crypto.hash_secret(token.partition(SEPARATOR)[0])


def get_family(*, token: str, at: datetime) -> Family | None:
    """The living family that a token belongs to, whether it is the good one or an older one."""
    family_hash = hash_family(token)
    with connection.cursor() as cursor:
        cursor.execute(_READ, [family_hash, at])
        row = cursor.fetchone()
    return None if row is None else Family(family_hash, *row)


def find_passage(family: Family, *, agency: AgencyCard, at: datetime) -> Passage | None:
    """How she may go on to the agency; None where anything that the sign-in rested on is gone: her
    account, her session or her permission to ask without it, her permission to be known, the level
    that the agency must have and that she must have proved, or the way itself, which a link that
    waits or is stopped closes."""
    agreed = consents.list_allowed_attributes(
        account_id=family.account_id, agency_slug=agency.slug, at=at
    )
    needed = {ATTRIBUTES_OF_SCOPE["openid"], *([OFFLINE_ACCESS] if family.is_offline else [])}
    is_standing = (
        needed <= agreed
        and accounts.is_sign_in_open(
            account_id=family.account_id,
            session_id=None if family.is_offline else family.session_id,
            at=at,
        )
        and _reaches(family, agency=agency, at=at)
    )
    if not is_standing:
        return None
    passage = get_passage(account_id=family.account_id, agency_slug=agency.slug, at=at)
    return passage if passage.is_open else None


def _reaches(family: Family, *, agency: AgencyCard, at: datetime) -> bool:
    """No silent downgrade: a proof that ended, or a rulebook that asks for more, asks for a new
    sign-in."""
    had = read_acr(family.acr)
    floor = rulebook.get_text("signin.authentication_level", agency=agency.slug, at=at)
    least = Pair(identities.get_required_level(agency_slug=agency.slug, at=at), LEVELS[floor])
    return (
        had is not None
        and had.reaches(least)
        and identities.get_level(account_id=family.account_id, at=at) >= had.identity
    )
