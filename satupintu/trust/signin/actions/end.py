# SPDX-License-Identifier: Apache-2.0
"""What agencies hold of a session ends with it."""

from datetime import datetime
from uuid import UUID

from django.db.models import QuerySet

from satupintu.foundation.outbox import actions as outbox
from satupintu.trust.accounts.actions import Ended
from satupintu.trust.signin.models import AccessToken, AuthorizationCode, Visit

# {"account_id": ..., "visit_ids": [...]}: their clients have not heard of it yet.
SIGNED_OUT = "signin.signed_out"


def end_sign_ins(ended: Ended) -> None:
    """Codes and tokens of these sessions are dead now; their clients hear of it by jobs.

    Runs inside the transaction that ends the sessions.
    """
    of_these = {"account_id": ended.account_id, "session_id__in": ended.session_ids}
    # Codes first: an exchange that is running keeps its code locked until its token is there.
    AuthorizationCode.objects.filter(**of_these, expires_at__gt=ended.at).update(
        expires_at=ended.at
    )
    AccessToken.objects.filter(**of_these, revoked_at=None).update(revoked_at=ended.at)
    visits = Visit.objects.filter(**of_these)
    end_visits(visits, account_id=ended.account_id, at=ended.at)


def end_visits(visits: QuerySet[Visit], *, account_id: UUID, at: datetime) -> None:
    """End those of one person's visits that still go on, and have their clients told."""
    visits = visits.filter(ended_at=None)
    visit_ids = [str(visit_id) for visit_id in visits.values_list("id", flat=True)]
    if visit_ids:
        visits.update(ended_at=at)
        outbox.publish(SIGNED_OUT, {"account_id": str(account_id), "visit_ids": visit_ids}, at=at)
