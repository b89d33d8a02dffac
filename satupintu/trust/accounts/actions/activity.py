# SPDX-License-Identifier: Apache-2.0
"""Write down what happened to an account, and tell the mailbox that guards it."""

from datetime import datetime
from uuid import UUID

from satupintu.foundation.crypto import encrypt
from satupintu.foundation.outbox import actions as outbox
from satupintu.trust.accounts.models import Activity
from satupintu.trust.accounts.queries import Origin

GUARD_CHANGED = "accounts.guard_changed"


def record_activity(
    *,
    account_id: UUID,
    kind: Activity.Kind,
    origin: Origin,
    at: datetime,
    session_id: UUID | None = None,
) -> None:
    Activity.objects.create(
        account_id=account_id,
        kind=kind,
        at=at,
        session_id=session_id,
        device=origin.device,
        network=origin.network,
    )


def record_guard_change(
    *,
    account_id: UUID,
    kind: Activity.Kind,
    address: str,
    origin: Origin,
    at: datetime,
    session_id: UUID | None = None,
) -> None:
    """Record a change of what guards the account, and have `address` told of it: the one that
    was the account's before the change. Must run in the transaction of the change."""
    line = Activity.objects.create(
        account_id=account_id,
        kind=kind,
        at=at,
        session_id=session_id,
        device=origin.device,
        network=origin.network,
        sealed_address=encrypt(address),
    )
    outbox.publish(
        GUARD_CHANGED, {"account_id": str(account_id), "activity_id": str(line.id)}, at=at
    )


def record_link(*, account_id: UUID, has_ended: bool, at: datetime) -> None:
    """A record was linked to the account, or unlinked: for the app above that links. The line
    names no agency; the person's own pages do. In the caller's transaction."""
    kind = Activity.Kind.RECORD_UNLINKED if has_ended else Activity.Kind.RECORD_LINKED
    record_activity(account_id=account_id, kind=kind, origin=Origin(), at=at)
