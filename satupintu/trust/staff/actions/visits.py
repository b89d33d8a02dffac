# SPDX-License-Identifier: Apache-2.0
"""The rows behind a staff browser's cookie: before sign-in a visit, afterwards a session."""

from datetime import datetime
from uuid import UUID

from satupintu.foundation.crypto import hash_secret, new_secret
from satupintu.trust.staff.models import StaffSession


def open_session(*, member_id: UUID | None, device: str, at: datetime) -> str:
    """A new row; answers the key for the cookie. Never takes over a key that was there before:
    whoever planted one would share what follows (session fixation)."""
    key = new_secret()
    StaffSession.objects.create(
        key_hash=hash_secret(key), member_id=member_id, device=device, started_at=at, seen_at=at
    )
    return key


def lock_visit(*, key: str) -> StaffSession | None:
    """The row of a key, locked: two answers to one challenge meet here one after the other."""
    if not key:
        return None
    return (
        StaffSession.objects.select_for_update(of=("self",))
        .filter(key_hash=hash_secret(key))
        .first()
    )
