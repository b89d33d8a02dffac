# SPDX-License-Identifier: Apache-2.0
import threading
from datetime import timedelta

import pytest
from django.db import connection, transaction
from django.utils import timezone

from satupintu.foundation import crypto
from satupintu.foundation.ids import new_id
from satupintu.trust.signin import actions
from satupintu.trust.signin.actions import sweep
from satupintu.trust.signin.models import (
    AccessToken,
    AuthorizationCode,
    PushedRequest,
    UsedAssertion,
)

NOW = timezone.now()
LONG_AGO = NOW - timedelta(hours=2)


def make_rows(expires_at) -> None:
    AccessToken.objects.create(
        token_hash=crypto.hash_secret(crypto.new_secret()),
        client_id="c",
        scope="messages:send",
        issued_at=LONG_AGO,
        expires_at=expires_at,
    )
    AuthorizationCode.objects.create(
        code_hash=crypto.hash_secret(crypto.new_secret()),
        client_id="c",
        account_id=new_id(),
        subject="s",
        redirect_uri="r",
        scope="openid",
        code_challenge="x",
        acr="a",
        authenticated_at=LONG_AGO,
        expires_at=expires_at,
    )
    PushedRequest.objects.create(
        request_hash=crypto.hash_secret(crypto.new_secret()),
        client_id="c",
        params={},
        expires_at=expires_at,
    )
    actions.use_assertion(client_id="c", jti=crypto.new_secret(), expires_at=expires_at.timestamp())


def count_rows() -> list[int]:
    models = (AccessToken, AuthorizationCode, UsedAssertion, PushedRequest)
    return [model.objects.count() for model in models]


@pytest.mark.django_db
def test_what_is_long_over_goes_and_what_is_not_stays(monkeypatch):
    monkeypatch.setattr(sweep, "BATCH", 2)
    for _ in range(5):
        make_rows(LONG_AGO)
    make_rows(NOW - timedelta(minutes=5))
    make_rows(NOW + timedelta(minutes=5))

    assert actions.sweep_expired(at=NOW) == 20
    assert count_rows() == [2, 2, 2, 2]


@pytest.mark.django_db(transaction=True)
def test_the_sweep_waits_for_nobody():
    make_rows(LONG_AGO)
    held, done = threading.Event(), threading.Event()

    def hold():
        with transaction.atomic():
            list(AccessToken.objects.select_for_update())
            held.set()
            done.wait(10)
        connection.close()

    holder = threading.Thread(target=hold)
    holder.start()
    held.wait(10)
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SET LOCAL lock_timeout = '500ms'")
            actions.sweep_expired(at=NOW)
    finally:
        done.set()
        holder.join()

    assert count_rows() == [1, 0, 0, 0]
