# SPDX-License-Identifier: Apache-2.0
"""Staff come in with a passkey and nothing else (safety rule 7)."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import transaction

from satupintu.foundation import webauthn
from satupintu.foundation.crypto import hash_secret
from satupintu.trust.rulebook import queries as rulebook
from satupintu.trust.staff import queries
from satupintu.trust.staff.models import StaffSession

from . import passkeys, visits

# A page each second would be a write each second; the end is told to the minute.
SEEN_EVERY = timedelta(seconds=10)


@transaction.atomic
def begin_sign_in(*, key: str, at: datetime) -> tuple[str, dict[str, Any]]:
    """The cookie's key (the same, or a new visit's) and options that name nobody."""
    visit = visits.lock_visit(key=key)
    if visit is None:
        key = visits.open_session(member_id=None, device="", at=at)
        visit = visits.lock_visit(key=key)
        assert visit is not None  # noqa: S101  written a line above
    options = webauthn.begin_use(session=visit.ceremony, place=passkeys.CHALLENGES, at=at)
    visit.save(update_fields=["ceremony"])
    return key, options


@transaction.atomic
def sign_in(*, key: str, answer: Any, device: str, at: datetime) -> str:
    """Open a session; answers its key. What this browser had before is gone.

    Raises PasskeyRefused for a key that is not ours, and for a member who left, is suspended,
    whose agency is, or whose access nobody confirmed: from outside all look the same.
    """
    visit = visits.lock_visit(key=key)
    if visit is None:
        raise passkeys.PasskeyRefused
    member = passkeys.use_passkey(visit=visit, answer=answer, at=at)
    if not queries.is_in_office(member, at):
        raise passkeys.PasskeyRefused
    visit.delete()
    return visits.open_session(member_id=member.id, device=device, at=at)


def sign_out(*, key: str) -> None:
    """The row goes, so it ends everywhere at once."""
    StaffSession.objects.filter(key_hash=hash_secret(key)).delete()


def mark_seen(*, session_id: UUID, at: datetime) -> None:
    """A page was opened: the idle time begins anew."""
    StaffSession.objects.filter(id=session_id, seen_at__lt=at - SEEN_EVERY).update(seen_at=at)


def sweep_sessions(*, at: datetime) -> int:
    """Forget what opens nothing any more: answers how many."""
    oldest = at - rulebook.get_duration("staff.session_idle", at=at)
    ended, _rows = StaffSession.objects.filter(seen_at__lt=oldest).delete()
    return ended
