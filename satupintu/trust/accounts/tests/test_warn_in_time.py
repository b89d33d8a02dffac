# SPDX-License-Identifier: Apache-2.0
"""A warning that can be extended comes before AL2 lapses (safety rule 7; WCAG 2.2, 2.2.1)."""

import re
from datetime import timedelta

import pytest
import time_machine
from django.urls import reverse
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from satupintu.trust.accounts import queries
from satupintu.trust.accounts.models import AccountSession
from satupintu.trust.accounts.rules.assurance import Event, can_be_extended, compute_al2_until

from .factories import AccountFactory, sign_in

HOUR, DAY = timedelta(hours=1), timedelta(hours=24)


def read_limit(page):
    found = re.search(
        r'data-limit="(\d+)" data-limit-warning="(\d+)" data-limit-extend="([^"]+)"'
        r"( data-limit-more)?",
        page.content.decode(),
    )
    return found and (int(found[1]), int(found[2]), found[3], bool(found[4]))


@pytest.mark.django_db
def test_safety_07_a_page_says_how_long_it_is_and_that_more_can_be_had(client):
    sign_in(client, AccountFactory())

    seconds, warning, address, can_extend = read_limit(client.get(reverse("accounts:security")))

    assert 3590 <= seconds <= 3600
    assert warning == 300
    assert address == reverse("accounts:stay")
    assert can_extend


@pytest.mark.django_db
def test_safety_07_one_press_in_the_last_minutes_gives_another_hour(client):
    began = timezone.now()
    sign_in(client, AccountFactory(), at=began)

    with time_machine.travel(began + timedelta(minutes=57), tick=False):
        given_more = client.post(reverse("accounts:stay")).json()
    with time_machine.travel(began + timedelta(minutes=110), tick=False):
        limit = read_limit(client.get(reverse("accounts:security")))

    assert given_more == {"seconds_left": 3600, "can_extend": True}
    assert limit


@pytest.mark.django_db
def test_safety_07_after_a_day_only_new_proof_helps_and_the_page_says_so(client):
    began = timezone.now()
    sign_in(client, AccountFactory(), at=began)
    for minutes in range(50, 24 * 60 - 20, 50):
        with time_machine.travel(began + timedelta(minutes=minutes), tick=False):
            client.get(reverse("accounts:sessions"))

    with time_machine.travel(began + timedelta(minutes=24 * 60 - 10), tick=False):
        limit = read_limit(client.get(reverse("accounts:security")))
        given_more = client.post(reverse("accounts:stay")).json()

    assert limit[0] == 600
    assert not limit[3]
    assert given_more == {"seconds_left": 600, "can_extend": False}


@pytest.mark.django_db
def test_safety_07_what_lapsed_is_not_brought_back_by_the_button(client):
    began = timezone.now()
    sign_in(client, AccountFactory(), at=began)

    with time_machine.travel(began + timedelta(minutes=61), tick=False):
        answer = client.post(reverse("accounts:stay")).json()
        row = AccountSession.objects.get()

    assert answer == {"seconds_left": 0, "can_extend": False}
    assert row.al2_until < began + timedelta(minutes=61)


@pytest.mark.django_db
def test_the_button_is_a_post_of_who_is_signed_in(client):
    assert client.post(reverse("accounts:stay")).url.startswith(reverse("account_login"))
    sign_in(client, AccountFactory())
    assert client.get(reverse("accounts:stay")).status_code == 405


@pytest.mark.django_db
def test_safety_07_without_scripts_a_form_says_that_nothing_is_lost(client):
    account = AccountFactory(language="en")
    sign_in(client, account)

    form = client.get(reverse("accounts:change_name"), headers={"accept-language": "en"})
    reading = client.get(reverse("accounts:sessions"), headers={"accept-language": "en"})
    searching = client.get(reverse("linking:directory"), headers={"accept-language": "en"})

    assert "data-limit-said>Take your time." in form.content.decode()
    assert "data-limit-said" not in reading.content.decode()
    assert "data-limit-said" not in searching.content.decode()


@pytest.mark.django_db
def test_one_factor_and_visitors_are_told_of_no_time(client):
    assert read_limit(client.get(reverse("account_login"))) is None
    sign_in(client, AccountFactory(), level=1)
    assert read_limit(client.get(reverse("accounts:security"))) is None


@pytest.mark.django_db
def test_who_comes_back_after_an_hour_is_told_why_she_is_asked(client):
    began = timezone.now()
    account = AccountFactory(with_password=True, language="en")
    store = sign_in(client, account, at=began)

    with time_machine.travel(began + timedelta(minutes=90), tick=False):
        assert queries.has_lapsed(session=type(store)(store.session_key), at=timezone.now())
    assert not queries.has_lapsed(session=type(store)(store.session_key), at=timezone.now())


@given(
    seen=st.timedeltas(min_value=timedelta(0), max_value=timedelta(hours=23, minutes=59)),
    later=st.timedeltas(min_value=timedelta(seconds=1), max_value=HOUR),
)
def test_the_button_is_offered_exactly_where_it_would_move_the_end(seen, later):
    proved = timezone.now()
    events = [Event(method="passkey", at=proved, level=2)]
    until = compute_al2_until(events, seen_at=proved + seen, idle=HOUR, lifetime=DAY)
    pressed = min(proved + seen + later, until - timedelta(microseconds=1))
    moved = compute_al2_until(events, seen_at=max(pressed, proved + seen), idle=HOUR, lifetime=DAY)

    assert can_be_extended(events, al2_until=until, lifetime=DAY) == (moved > until)
