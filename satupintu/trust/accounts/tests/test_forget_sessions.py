# SPDX-License-Identifier: Apache-2.0
"""Sessions that ended by themselves leave the table while everybody reads it."""

import threading
from datetime import timedelta

import pytest
from django.db import connection, transaction
from django.utils import timezone

from satupintu.foundation.database import sweeping
from satupintu.trust.accounts import actions
from satupintu.trust.accounts.models import AccountSession, EndedSession

from .factories import AccountFactory, sign_in

NOW = timezone.now()


def make_sessions(client, count, *, expired):
    account = AccountFactory()
    stores = [sign_in(client, account) for _ in range(count)]
    keys = [store.row.session_key for store in stores]
    if expired:
        rows = AccountSession.objects.filter(session_key__in=keys)
        rows.update(expire_date=NOW - timedelta(minutes=1))
    return keys


@pytest.mark.django_db
@pytest.mark.parametrize("batch", [1, 2, 3, 100])
def test_what_expired_goes_batch_by_batch_and_says_why_and_the_rest_stays(
    client, monkeypatch, batch
):
    monkeypatch.setattr(sweeping, "BATCH", batch)
    expired = make_sessions(client, 4, expired=True)
    (running,) = make_sessions(client, 1, expired=False)

    assert actions.forget_expired_sessions(at=NOW) == 4

    assert AccountSession.objects.get().session_key == running
    assert set(EndedSession.objects.values_list("session_key", flat=True)) == set(expired)


@pytest.mark.django_db(transaction=True)
def test_a_session_that_somebody_holds_is_left_for_the_next_time(client):
    held_key, *others = make_sessions(client, 3, expired=True)
    held, done = threading.Event(), threading.Event()

    def hold():
        with transaction.atomic():
            list(AccountSession.objects.select_for_update().filter(session_key=held_key))
            held.set()
            done.wait(60)
        connection.close()

    holder = threading.Thread(target=hold)
    holder.start()
    assert held.wait(60)
    try:
        swept = actions.forget_expired_sessions(at=NOW)
    finally:
        done.set()
        holder.join()

    assert swept == len(others)
    assert AccountSession.objects.get().session_key == held_key
    assert actions.forget_expired_sessions(at=NOW) == 1
