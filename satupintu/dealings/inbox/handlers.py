# SPDX-License-Identifier: Apache-2.0
from uuid import UUID

from django.utils import timezone

from satupintu.foundation.outbox.actions import EventEnvelope

from . import actions


def announce_message(event: EventEnvelope) -> None:
    """Runs in a job of its own, which is tried again until the mail server takes the mail."""
    actions.announce_message(
        account_id=UUID(event.data["account_id"]),
        message_id=UUID(event.data["message_id"]),
        at=timezone.now(),
    )
