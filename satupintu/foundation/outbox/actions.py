# SPDX-License-Identifier: Apache-2.0
"""Publish an event; hear one.

An event and the jobs that carry it are rows of the publisher's own transaction: they commit or
vanish with what they tell of. Delivery is at least once; a handler must be idempotent.
"""

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import connection, transaction
from procrastinate.contrib.django import app as jobs

from satupintu.foundation.ids import new_id

Handler = Callable[["EventEnvelope"], None]


@dataclass(frozen=True)
class EventEnvelope:
    """What a handler gets."""

    id: UUID
    type: str
    time: datetime
    data: dict[str, Any]


_subscriptions: dict[str, dict[str, Handler]] = {}


def subscribe(event_type: str, subscriber: str, handler: Handler) -> None:
    """Register a handler; call it from `AppConfig.ready()` only.

    `subscriber` names the handler in stored jobs ("inbox.announce_message"): keep it for as long
    as jobs may wait.
    """
    handlers = _subscriptions.setdefault(event_type, {})
    if handlers.setdefault(subscriber, handler) is not handler:
        raise ValueError(f"{subscriber} hears {event_type} already")


def get_handler(event_type: str, subscriber: str) -> Handler:
    """Raises KeyError for a subscriber nobody registered."""
    return _subscriptions[event_type][subscriber]


def publish(event_type: str, data: dict[str, Any], *, at: datetime) -> UUID:
    """Write the event and one job for each subscriber. Must run inside the transaction that
    makes it true; raises TransactionManagementError outside one."""
    if not transaction.get_connection().in_atomic_block:
        raise transaction.TransactionManagementError(f"{event_type} published outside atomic()")
    event_id = new_id()
    # Written out because every letter pays for it.
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO outbox_event (id, type, time, data) VALUES (%s, %s, %s, %s)",
            [event_id, event_type, at, json.dumps(data)],
        )
    for subscriber in _subscriptions.get(event_type, {}):
        jobs.configure_task("satupintu.foundation.outbox.tasks.deliver_event").defer(
            event_id=str(event_id), subscriber=subscriber
        )
    return event_id


# Ids grow with time, so the oldest are met first. Jobs that wait are few beside events.
_SWEEP = """
    DELETE FROM outbox_event WHERE id IN (
        SELECT id FROM outbox_event
        WHERE time < %s AND id::text NOT IN (
            SELECT args->>'event_id' FROM procrastinate_jobs
            WHERE status IN ('todo', 'doing') AND args ? 'event_id'
        )
        ORDER BY id LIMIT %s
    )
"""


def sweep_events(*, older_than: timedelta, at: datetime, at_most: int = 1000) -> int:
    """Forget a batch of old events that no job waits to deliver, and say how many."""
    with connection.cursor() as cursor:
        cursor.execute(_SWEEP, [at - older_than, at_most])
        return cursor.rowcount
