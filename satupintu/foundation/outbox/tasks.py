# SPDX-License-Identifier: Apache-2.0
from datetime import UTC, datetime, timedelta
from uuid import UUID

from django.conf import settings
from procrastinate import RetryStrategy
from procrastinate.contrib.django import app as jobs

from . import actions
from .models import Event


@jobs.task(retry=RetryStrategy(max_attempts=12, exponential_wait=2))
def deliver_event(*, event_id: str, subscriber: str) -> None:
    """Hand one event to one subscriber. An error is retried with growing waits, up to an hour."""
    event = Event.objects.get(id=UUID(event_id))
    handler = actions.get_handler(event.type, subscriber)
    handler(actions.EventEnvelope(id=event.id, type=event.type, time=event.time, data=event.data))


@jobs.periodic(cron="53 2 * * *")  # type: ignore[arg-type]
@jobs.task
def sweep_events(*, timestamp: int) -> None:
    """Events that everyone has heard long ago say nothing any more."""
    at = datetime.fromtimestamp(timestamp, tz=UTC)
    kept = timedelta(days=settings.OUTBOX_KEPT_DAYS)
    while actions.sweep_events(older_than=kept, at=at):
        pass
