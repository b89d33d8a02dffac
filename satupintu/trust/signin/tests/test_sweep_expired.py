# SPDX-License-Identifier: Apache-2.0
import threading
from datetime import timedelta

import pytest
from django.db import connection, transaction
from django.utils import timezone

from satupintu.foundation import crypto
from satupintu.foundation.database import sweeping
from satupintu.foundation.ids import new_id
from satupintu.trust.signin import actions
from satupintu.trust.signin.actions.sweep import TABLES
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
    monkeypatch.setattr(sweeping, "BATCH", 2)
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


def fill_tokens(count: int, *, expires_at) -> None:
    """Many rows like a real one, by one statement."""
    make_rows(expires_at)
    with connection.cursor() as cursor:
        cursor.execute(
            """
            INSERT INTO signin_access_token (token_hash, client_id, subject, scope, attributes,
                dpop_jkt, issued_at, expires_at)
            SELECT md5(n::text) || md5(n::text), client_id, subject, scope, attributes, dpop_jkt,
                issued_at, expires_at - n * interval '1 second'
            FROM signin_access_token, generate_series(1, %s) AS n
            """,
            [count],
        )


@pytest.mark.django_db(transaction=True)
def test_while_a_batch_is_under_way_tokens_are_given_and_codes_are_used():
    fill_tokens(3000, expires_at=LONG_AGO)
    make_rows(NOW + timedelta(minutes=1))
    begun, done = threading.Event(), threading.Event()

    def sweep_one_batch_and_wait():
        with transaction.atomic():
            for table in TABLES:
                statement = sweeping.write_sweep_statement(table=table, column="expires_at")
                with connection.cursor() as cursor:
                    cursor.execute(statement, [NOW, 1000])
            begun.set()
            done.wait(60)
        connection.close()

    sweeper = threading.Thread(target=sweep_one_batch_and_wait)
    sweeper.start()
    assert begun.wait(60)
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            # Whatever would have to wait for the sweep fails here, on a slow machine too.
            cursor.execute("SET LOCAL lock_timeout = '1s'")
            make_rows(NOW + timedelta(minutes=1))
            used = AuthorizationCode.objects.filter(expires_at__gt=NOW).update(uses=1)
            ended = AccessToken.objects.filter(expires_at__gt=NOW).update(revoked_at=NOW)
            again = actions.sweep_expired(at=NOW)
    finally:
        done.set()
        sweeper.join()

    assert (used, ended) == (2, 2)
    assert again == 2001, "a second sweep takes what the first does not hold"


@pytest.mark.django_db(transaction=True)
def test_sign_ins_go_on_during_a_long_sweep(monkeypatch):
    monkeypatch.setattr(sweeping, "BATCH", 100)
    fill_tokens(5000, expires_at=LONG_AGO)
    swept = []

    def sweep():
        swept.append(actions.sweep_expired(at=NOW))
        connection.close()

    sweeper = threading.Thread(target=sweep)
    sweeper.start()
    for _ in range(20):
        make_rows(NOW + timedelta(minutes=1))
    sweeper.join()

    assert swept == [5004]
    assert count_rows() == [20, 20, 20, 20]


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("table", "column", "index"),
    [
        ("signin_access_token", "expires_at", "token_expiry"),
        ("signin_code", "expires_at", "code_expiry"),
        ("signin_used_assertion", "expires_at", "assertion_expiry"),
        ("signin_pushed_request", "expires_at", "pushed_request_expiry"),
        ("signin_visit", "expires_at", "visit_expiry"),
        ("signin_refresh_family", "expires_at", "refresh_family_expiry"),
        ("accounts_session", "expire_date", "accounts_session_expire_date"),
        ("accounts_ended_session", "ended_at", "ended_session_age"),
    ],
)
def test_what_is_swept_is_found_by_its_expiry(table, column, index):
    """Never by reading the whole table, which has millions of rows on a working day."""
    statement = sweeping.write_sweep_statement(table=table, column=column)
    with connection.cursor() as cursor:
        # An empty table is cheapest to read whole; the next test leaves the planner free.
        cursor.execute("SET LOCAL enable_seqscan = off")
        cursor.execute("SET LOCAL enable_bitmapscan = off")
        cursor.execute(f"EXPLAIN {statement}", [NOW, 2000])
        plan = "\n".join(line for (line,) in cursor.fetchall())

    assert f"Index Scan using {index}" in plan
    assert "Tid Scan" in plan
    assert "Sort" not in plan
    assert "Seq Scan" not in plan


@pytest.mark.django_db
def test_in_a_table_of_many_rows_the_planner_chooses_the_index_by_itself():
    fill_tokens(20_000, expires_at=NOW + timedelta(days=1))
    statement = sweeping.write_sweep_statement(table="signin_access_token", column="expires_at")

    with connection.cursor() as cursor:
        cursor.execute("ANALYZE signin_access_token")
        cursor.execute(f"EXPLAIN {statement}", [NOW - timedelta(hours=1), 2000])
        plan = "\n".join(line for (line,) in cursor.fetchall())

    assert "Index Scan using token_expiry" in plan
    assert "Seq Scan" not in plan
