# SPDX-License-Identifier: Apache-2.0
import json
from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection, transaction

from satupintu.foundation.outbox import actions, tasks
from satupintu.foundation.outbox.models import Event

NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)


@pytest.fixture
def heard(monkeypatch):
    """A subscriber of its own that only remembers."""
    events = []
    monkeypatch.setattr(actions, "_subscriptions", {})
    actions.subscribe("test.happened", "test.remember", events.append)
    return events


def waiting_jobs():
    with connection.cursor() as cursor:
        # Tests that commit leave jobs of theirs behind.
        cursor.execute(
            "SELECT args FROM procrastinate_jobs"
            " WHERE status = 'todo' AND args->>'subscriber' = 'test.remember'"
        )
        return [json.loads(args) for (args,) in cursor.fetchall()]


@pytest.mark.django_db
def test_an_event_and_its_job_commit_together(heard):
    with transaction.atomic():
        event_id = actions.publish("test.happened", {"thing_id": "7"}, at=NOON)

    assert Event.objects.get().id == event_id
    assert waiting_jobs() == [{"event_id": str(event_id), "subscriber": "test.remember"}]


@pytest.mark.django_db
def test_an_event_vanishes_with_the_transaction_that_made_it(heard):
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        actions.publish("test.happened", {}, at=NOON)
        raise ZeroDivisionError

    assert not Event.objects.exists()
    assert waiting_jobs() == []


@pytest.mark.django_db
def test_the_handler_gets_what_was_published(heard):
    event_id = actions.publish("test.happened", {"thing_id": "7"}, at=NOON)

    tasks.deliver_event(event_id=str(event_id), subscriber="test.remember")

    assert heard == [
        actions.EventEnvelope(id=event_id, type="test.happened", time=NOON, data={"thing_id": "7"})
    ]


@pytest.mark.django_db(transaction=True)
def test_publishing_outside_a_transaction_is_an_error_and_stores_nothing(heard):
    with pytest.raises(transaction.TransactionManagementError):
        actions.publish("test.happened", {}, at=NOON)

    assert not Event.objects.exists()


def test_two_handlers_cannot_share_a_name(heard):
    with pytest.raises(ValueError, match="hears"):
        actions.subscribe("test.happened", "test.remember", lambda event: None)


@pytest.mark.django_db
def test_old_events_are_swept_unless_a_job_still_waits_for_them(heard):
    waiting = actions.publish("test.happened", {}, at=NOON - timedelta(days=40))
    actions.publish("test.unheard", {}, at=NOON - timedelta(days=31))
    recent = actions.publish("test.unheard", {}, at=NOON - timedelta(days=29))

    tasks.sweep_events(timestamp=int(NOON.timestamp()))

    assert set(Event.objects.values_list("id", flat=True)) == {waiting, recent}


@pytest.mark.django_db
def test_a_sweep_takes_one_batch_at_a_time():
    for _ in range(3):
        actions.publish("test.unheard", {}, at=NOON)

    later = NOON + timedelta(days=31)
    counts = [
        actions.sweep_events(older_than=timedelta(days=30), at=later, at_most=2) for _ in range(3)
    ]

    assert counts == [2, 1, 0]
