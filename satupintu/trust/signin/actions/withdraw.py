# SPDX-License-Identifier: Apache-2.0
from datetime import datetime
from uuid import UUID

from django.db import transaction

from satupintu.trust.agencies import queries as agencies
from satupintu.trust.signin.models import AccessToken, AuthorizationCode


@transaction.atomic
def revoke_sign_ins(*, account_id: UUID, agency_slug: str, at: datetime) -> None:
    """Take back every token and every code that an agency still holds about a person.

    What she agrees to later gives new ones; the old ones stay dead.
    """
    clients = [card.client_id for card in agencies.list_clients(agency_slug=agency_slug)]
    # Codes first: an exchange that is running keeps its code locked until its token is there.
    AuthorizationCode.objects.filter(
        account_id=account_id, client_id__in=clients, expires_at__gt=at
    ).update(expires_at=at)
    AccessToken.objects.filter(
        account_id=account_id, client_id__in=clients, revoked_at=None
    ).update(revoked_at=at)
