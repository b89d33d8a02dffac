# SPDX-License-Identifier: Apache-2.0
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction

from satupintu.trust.agencies import queries as agencies
from satupintu.trust.signin.models import Visit
from satupintu.trust.signin.rules import ATTRIBUTES_OF_SCOPE, OFFLINE_ACCESS

from .end import end_visits
from .given import end_given, end_offline_access


@transaction.atomic
def revoke_sign_ins(*, account_id: UUID, agency_slug: str | None, at: datetime) -> None:
    """Take back every token and every code that an agency still holds about a person, and have it
    end her sessions there; with None, what any agency holds.

    What she agrees to later gives new ones; the old ones stay dead.
    """
    of_these: dict[str, Any] = {"account_id": account_id}
    if agency_slug is not None:
        of_these["client_id__in"] = _list_clients(agency_slug)
    end_given(of_these, at=at)
    end_visits(Visit.objects.filter(**of_these), account_id=account_id, at=at)


def take_back_sign_ins(account_id: UUID, agency_slug: str, attribute: str, at: datetime) -> None:
    """What a permission that is taken back takes with it, for the consent app, which knows no
    sign-ins and calls this in the transaction of a withdrawal."""
    if attribute == ATTRIBUTES_OF_SCOPE["openid"]:
        revoke_sign_ins(account_id=account_id, agency_slug=agency_slug, at=at)
    elif attribute == OFFLINE_ACCESS:
        of_these = {"account_id": account_id, "client_id__in": _list_clients(agency_slug)}
        end_offline_access(of_these, at=at)


def _list_clients(agency_slug: str) -> list[str]:
    return [card.client_id for card in agencies.list_clients(agency_slug=agency_slug)]
