# SPDX-License-Identifier: Apache-2.0
from datetime import timedelta
from importlib import import_module

import pytest
import time_machine
from django.conf import settings
from django.utils import timezone

from satupintu.trust.accounts import queries
from satupintu.trust.accounts.models import AccountSession

from .factories import AccountFactory, sign_in

pytestmark = pytest.mark.django_db


def open_session(client):
    store = import_module(settings.SESSION_ENGINE).SessionStore
    return store(client.cookies[settings.SESSION_COOKIE_NAME].value)


def test_the_table_holds_a_hash_and_never_the_key_of_the_cookie(client):
    store = sign_in(client, AccountFactory())

    row = AccountSession.objects.get()

    assert row.session_key != store.session_key
    assert store.session_key not in row.session_data
    assert len(row.session_key) == 64


def test_a_new_key_keeps_the_row_and_what_was_proved_and_closes_the_old_cookie(client):
    store = sign_in(client, AccountFactory())
    before, old_key = store.row.id, store.session_key

    store.cycle_key()
    store.save()

    reopened = type(store)(store.session_key)
    assert queries.get_session_id(session=reopened) == before
    assert queries.get_assurance(session=reopened, at=timezone.now()).level == 2
    assert type(store)(old_key).row is None


def test_safety_07_al2_lapses_after_an_hour_without_a_page_and_stays_lapsed(client):
    began = timezone.now()
    sign_in(client, AccountFactory(), at=began)

    with time_machine.travel(began + timedelta(minutes=59), tick=False):
        still = queries.get_assurance(session=open_session(client), at=timezone.now())
    with time_machine.travel(began + timedelta(minutes=120), tick=False):
        lapsed = queries.get_assurance(session=open_session(client), at=timezone.now())
    with time_machine.travel(began + timedelta(minutes=121), tick=False):
        afterwards = queries.get_assurance(session=open_session(client), at=timezone.now())

    assert still.level == 2
    assert lapsed.level == 1
    assert afterwards.level == 1
    assert "mfa" not in afterwards.methods


def test_safety_07_al2_ends_after_24_hours_however_busy(client):
    began = timezone.now()
    sign_in(client, AccountFactory(), at=began)

    levels = {}
    for minutes in range(0, 25 * 60, 50):
        with time_machine.travel(began + timedelta(minutes=minutes), tick=False):
            seen = queries.get_assurance(session=open_session(client), at=timezone.now())
            levels[minutes] = seen.level

    assert {level for minutes, level in levels.items() if minutes < 24 * 60} == {2}
    assert {level for minutes, level in levels.items() if minutes >= 24 * 60} == {1}


def test_safety_07_al1_ends_after_30_days(client):
    began = timezone.now()
    sign_in(client, AccountFactory(), level=1, at=began)

    with time_machine.travel(began + timedelta(days=29), tick=False):
        assert queries.get_assurance(session=open_session(client), at=timezone.now()).level == 1
    with time_machine.travel(began + timedelta(days=30, minutes=1), tick=False):
        assert queries.get_assurance(session=open_session(client), at=timezone.now()) is None


def test_opening_a_session_is_one_query_and_one_more_once_a_minute(
    client, django_assert_num_queries
):
    began = timezone.now()
    sign_in(client, AccountFactory(), at=began)
    with time_machine.travel(began + timedelta(seconds=30), tick=False):
        open_session(client).row  # noqa: B018 - fills the rulebook's memory
        with django_assert_num_queries(1):
            assert open_session(client).row is not None

    with time_machine.travel(began + timedelta(seconds=90), tick=False):
        open_session(client).row  # noqa: B018
        with django_assert_num_queries(1):
            assert open_session(client).row.last_seen_at > began + timedelta(seconds=80)


def test_two_tabs_that_save_one_session_lose_no_proof(client):
    store = sign_in(client, AccountFactory(), level=1)
    other_tab = open_session(client)
    other_tab["typed"] = "a name"

    store.record_authentication(method="totp", at=timezone.now())
    other_tab.save()

    assert queries.get_assurance(session=open_session(client), at=timezone.now()).level == 2
    assert open_session(client)["typed"] == "a name"


def test_a_device_cookie_that_we_did_not_sign_is_an_unknown_device(rf):
    request = rf.get("/")
    request.COOKIES[queries.DEVICE_COOKIE] = '{"id": "made up"}'

    assert queries.device_key(request) == queries.UNKNOWN_DEVICE
