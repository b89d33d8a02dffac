# SPDX-License-Identifier: Apache-2.0
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection

from satupintu.foundation.throttle import actions, tasks
from satupintu.foundation.throttle.models import Attempts

NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)


def attempt(key="sari", at=NOON):
    return actions.count_attempt(scope="test", key=key, window=HOUR, at=at)


@pytest.mark.django_db
def test_attempts_add_up_within_a_window_and_begin_anew_after_it():
    counts = [attempt(at=NOON + timedelta(minutes=m)).count for m in (0, 10, 59, 60, 61)]

    assert counts == [1, 2, 3, 1, 2]


@pytest.mark.django_db
def test_one_persons_attempts_are_not_anothers():
    attempt("sari")
    attempt("sari")

    assert attempt("budi").count == 1


@pytest.mark.django_db
def test_asking_counts_nothing():
    attempt()

    first = actions.get_count(scope="test", key="sari", at=NOON)
    second = actions.get_count(scope="test", key="sari", at=NOON)
    after = actions.get_count(scope="test", key="sari", at=NOON + HOUR)

    assert (first, second, after) == (1, 1, 0)


@pytest.mark.django_db
def test_a_success_forgets_what_came_before():
    attempt()

    actions.forget_attempts(scope="test", key="sari")

    assert attempt().count == 1


@pytest.mark.django_db
def test_the_table_does_not_say_who_tried():
    attempt("sari@example.nusa")

    assert "sari" not in Attempts.objects.get().key


@pytest.mark.django_db
def test_ended_windows_are_swept_and_running_ones_stay():
    attempt("old", at=NOON - 2 * HOUR)
    attempt("new", at=NOON)

    tasks.sweep_attempts(timestamp=int(NOON.timestamp()))

    assert Attempts.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_workers_that_count_at_once_lose_no_attempt():
    def count(_):
        try:
            return attempt().count
        finally:
            connection.close()

    with ThreadPoolExecutor(8) as pool:
        counts = list(pool.map(count, range(40)))

    assert sorted(counts) == list(range(1, 41))
