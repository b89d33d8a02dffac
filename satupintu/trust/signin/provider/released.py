# SPDX-License-Identifier: Apache-2.0
"""What an agency is told about a person: asked for, and agreed to at this moment."""

from collections.abc import Collection
from datetime import datetime
from typing import Any
from uuid import UUID

from satupintu.trust.accounts import queries as accounts
from satupintu.trust.consent import queries as consents
from satupintu.trust.signin.queries import InvalidToken
from satupintu.trust.signin.rules import ATTRIBUTES_OF_SCOPE, CLAIM_OF_ATTRIBUTE

_IDENTITY = ATTRIBUTES_OF_SCOPE["openid"]


def list_agreed(
    *, account_id: UUID, agency_slug: str, asked: Collection[str], at: datetime
) -> frozenset[str]:
    """Of what was asked for, what the person lets this agency see now: she may have changed her
    mind since. Raises InvalidToken when she no longer signs in there at all."""
    agreed = consents.list_allowed_attributes(account_id=account_id, agency_slug=agency_slug, at=at)
    if _IDENTITY not in agreed:
        raise InvalidToken
    return agreed & {_IDENTITY, *asked}


def list_claims(
    *, account_id: UUID, agreed: frozenset[str]
) -> tuple[dict[str, Any], frozenset[str]]:
    """The claims, and which attributes they tell: the access log names these and no others."""
    if not agreed & set(CLAIM_OF_ATTRIBUTE):
        return {}, agreed
    contact = accounts.get_contact(account_id=account_id)
    if contact is None:
        raise InvalidToken
    known = {"full_name": contact.full_name, "email": contact.email}
    # Somebody who gave no name yet has none to tell.
    unknown = {attribute for attribute, value in known.items() if not value}
    told = agreed - unknown
    claims = {
        CLAIM_OF_ATTRIBUTE[attribute]: value
        for attribute, value in known.items()
        if attribute in told
    }
    return claims, told
