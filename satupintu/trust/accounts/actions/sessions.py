# SPDX-License-Identifier: Apache-2.0
"""End sign-ins. The row goes, so it ends everywhere at once."""

from datetime import datetime
from uuid import UUID

from django.db import transaction

from satupintu.trust.accounts.endings import end_rows, write_down_endings
from satupintu.trust.accounts.models import AccountSession, Activity, EndedSession
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


@transaction.atomic
def forget_expired_sessions(*, at: datetime) -> int:
    """What expired opens nothing; why, its browser may still ask for a while."""
    expired = AccountSession.objects.filter(expire_date__lt=at)
    found = expired.values_list("session_key", "account_id")
    write_down_endings([(key, account) for key, account in found if account], why="lapsed", at=at)
    told_since = at - rulebook.get_duration("session.ending_told", at=at)
    EndedSession.objects.filter(ended_at__lt=told_since).delete()
    ended, _rows = expired.delete()
    return ended
