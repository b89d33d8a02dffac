# SPDX-License-Identifier: Apache-2.0
"""End sign-ins. The row goes, so it ends everywhere at once."""

from datetime import datetime
from uuid import UUID

from django.db import transaction

from satupintu.foundation.database import sweeping
from satupintu.trust.accounts.endings import end_rows, write_down_endings
from satupintu.trust.accounts.models import AccountSession, Activity
from satupintu.trust.accounts.queries import Origin
from satupintu.trust.rulebook import queries as rulebook

from .activity import record_activity


@transaction.atomic
def end_session(
    *, account_id: UUID, session_id: UUID, ended_by: UUID | None, origin: Origin, at: datetime
) -> bool:
    """End one of this person's sessions. False where it had ended already."""
    rows = AccountSession.objects.filter(account_id=account_id, id=session_id)
    ended = end_rows(rows, is_sign_out=False, at=at)
    if ended:
        record_activity(
            account_id=account_id,
            kind=Activity.Kind.SESSION_ENDED,
            origin=origin,
            at=at,
            session_id=ended_by,
        )
    return bool(ended)


@transaction.atomic
def end_other_sessions(*, account_id: UUID, kept: UUID | None, origin: Origin, at: datetime) -> int:
    """End all of this person's sessions but one (or all), and say how many."""
    others = AccountSession.objects.filter(account_id=account_id)
    if kept is not None:
        others = others.exclude(id=kept)
    ended = end_rows(others, is_sign_out=False, at=at)
    if ended:
        record_activity(
            account_id=account_id,
            kind=Activity.Kind.OTHERS_ENDED,
            origin=origin,
            at=at,
            session_id=kept,
        )
    return ended


def forget_expired_sessions(*, at: datetime) -> int:
    """What expired opens nothing; why, its browser may still ask for a while. Answers how many.

    In batches that commit one by one and pass over rows that somebody holds: every page of
    everybody reads this table.
    """
    told_since = at - rulebook.get_duration("session.ending_told", at=at)
    sweeping.sweep_table(table="accounts_ended_session", column="ended_at", before=told_since)
    ended = 0
    while True:
        batch = _forget_batch(at)
        ended += batch
        if batch < sweeping.BATCH:
            return ended


@transaction.atomic
def _forget_batch(at: datetime) -> int:
    found = list(
        AccountSession.objects.filter(expire_date__lt=at)
        .order_by("expire_date")
        .select_for_update(of=("self",), skip_locked=True)
        .values_list("session_key", "account_id")[: sweeping.BATCH]
    )
    write_down_endings([(key, account) for key, account in found if account], why="lapsed", at=at)
    AccountSession.objects.filter(session_key__in=[key for key, _account in found]).delete()
    return len(found)
