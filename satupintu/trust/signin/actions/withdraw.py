# SPDX-License-Identifier: Apache-2.0
from datetime import datetime
from uuid import UUID

from django.db import transaction

from satupintu.trust.agencies import queries as agencies
from satupintu.trust.signin.models import AccessToken, AuthorizationCode, Visit

from .end import end_visits


@transaction.atomic
def revoke_sign_ins(*, account_id: UUID, agency_slug: str | None, at: datetime) -> None:
    """Take back every token and every code that an agency still holds about a person, and have it
    end her sessions there; with None, what any agency holds.

    What she agrees to later gives new ones; the old ones stay dead.
    """
    codes = AuthorizationCode.objects.filter(account_id=account_id, expires_at__gt=at)
    tokens = AccessToken.objects.filter(account_id=account_id, revoked_at=None)
    visits = Visit.objects.filter(account_id=account_id)
    if agency_slug is not None:
        clients = [card.client_id for card in agencies.list_clients(agency_slug=agency_slug)]
        codes, tokens = codes.filter(client_id__in=clients), tokens.filter(client_id__in=clients)
        visits = visits.filter(client_id__in=clients)
    # Codes first: an exchange that is running keeps its code locked until its token is there.
    codes.update(expires_at=at)
    tokens.update(revoked_at=at)
    end_visits(visits, account_id=account_id, at=at)


def take_back_sign_ins(account_id: UUID, agency_slug: str, at: datetime) -> None:
    """`revoke_sign_ins`, for the consent app, which knows no sign-ins and calls it in the
    transaction of a withdrawal."""
    revoke_sign_ins(account_id=account_id, agency_slug=agency_slug, at=at)
