# SPDX-License-Identifier: Apache-2.0
"""Hear that a link ended elsewhere: a case does not wait for it."""

from uuid import UUID

from satupintu.foundation.outbox.actions import EventEnvelope, subscribe

from . import actions


def note_unlinked(event: EventEnvelope) -> None:
    actions.note_ended(
        account_id=UUID(event.data["account_id"]),
        link_id=UUID(event.data["link_id"]),
        at=event.time,
    )


def listen() -> None:
    """Called once, when the app is ready."""
    subscribe("linking.record_unlinked", "protection.note_unlinked", note_unlinked)
