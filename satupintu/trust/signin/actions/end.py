# SPDX-License-Identifier: Apache-2.0
"""What agencies hold of a session ends with it."""

from datetime import datetime
from uuid import UUID

from django.db.models import QuerySet

from satupintu.foundation.outbox import actions as outbox
from satupintu.trust.accounts.actions import Ended
from satupintu.trust.signin.models import Visit

from .given import end_given, end_offline_access

# {"account_id": ..., "visit_ids": [...]}: their clients have not heard of it yet.
SIGNED_OUT = "signin.signed_out"


def end_sign_ins(ended: Ended) -> None:
    """Codes and tokens of these sessions are dead now; their clients hear of it by jobs.

    Refresh tokens that she gave for her absence too survive a sign-out (OpenID Connect
    Back-Channel Logout 1.0, section 2.7). They do not survive that she, or somebody for her, ends
    the session from outside: then it may have been a stranger who gave them.

    Runs inside the transaction that ends the sessions.
    """
    of_these = {"account_id": ended.account_id, "session_id__in": ended.session_ids}
    if not ended.is_sign_out:
        end_offline_access(of_these, at=ended.at)
    end_given(of_these, at=ended.at, spares_offline=True)
    visits = Visit.objects.filter(**of_these)
    end_visits(visits, account_id=ended.account_id, at=ended.at)


def end_visits(visits: QuerySet[Visit], *, account_id: UUID, at: datetime) -> None:
    """End those of one person's visits that still go on, and have their clients told."""
    visits = visits.filter(ended_at=None)
    visit_ids = [str(visit_id) for visit_id in visits.values_list("id", flat=True)]
    if visit_ids:
        visits.update(ended_at=at)
        outbox.publish(SIGNED_OUT, {"account_id": str(account_id), "visit_ids": visit_ids}, at=at)
