# SPDX-License-Identifier: Apache-2.0
"""Whoever finds herself signed out is told why, in her browser and in no other; what she typed and
where she was wait for her (safety rule 7, ADR 0033)."""

import html
from datetime import timedelta
from urllib.parse import urlencode

import pytest
import time_machine
from django.conf import settings
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from satupintu.trust.accounts import actions, queries
from satupintu.trust.accounts.models import AccountSession, EndedSession
from satupintu.trust.accounts.queries import Origin
from satupintu.trust.accounts.session_store import hash_key

from .factories import PASSWORD, AccountFactory, sign_in

pytestmark = pytest.mark.django_db

NAME = "accounts:change_name"


@pytest.fixture
def sari():
    return AccountFactory(with_password=True, language="en", full_name="Sari Wulandari")


@pytest.fixture
def client(client):
    client.defaults["HTTP_ACCEPT_LANGUAGE"] = "en"
    return client


def read_notice(page):
    text = html.unescape(page.content.decode())
    return text.partition('class="notice__body">')[2].partition("</p>")[0]


def end_from_elsewhere(account, store):
    actions.end_session(
        account_id=account.pk,
        session_id=store.row.id,
        ended_by=None,
        origin=Origin(),
        at=timezone.now(),
    )


def end_by_new_password(account, store):
    actions.change_password(
        account_id=account.pk,
        typed="tujuh belas ribu pulau",
        origin=Origin(),
        session_id=None,
        at=timezone.now(),
    )


def end_by_pause(account, store):
    code = actions.make_pause_code(
        account_id=account.pk, origin="guard", about=account.pk, at=timezone.now()
    )
    actions.use_pause_code(typed=code, origin=Origin(), at=timezone.now())


def end_by_suspension(account, store):
    actions.suspend_account(account_id=account.pk, at=timezone.now())


def let_expire(account, store):
    AccountSession.objects.update(expire_date=timezone.now() - timedelta(minutes=1))


def let_expire_and_sweep(account, store):
    let_expire(account, store)
    actions.forget_expired_sessions(at=timezone.now())


WAYS = [
    (end_from_elsewhere, "ended on another device"),
    (end_by_new_password, "a new password was chosen"),
    (end_by_pause, "paused with a code"),
    (end_by_suspension, "was stopped by those who look after"),
    (let_expire, "more than 30 days ago"),
    (let_expire_and_sweep, "more than 30 days ago"),
]


@pytest.mark.parametrize(("end", "words"), WAYS, ids=[end.__name__ for end, _words in WAYS])
def test_the_sign_in_page_says_why_and_says_it_once(client, sari, end, words):
    store = sign_in(client, sari)
    end(sari, store)

    asked = client.get(reverse(NAME))
    page = client.get(asked.url)
    again = client.get(asked.url)

    assert asked.url == f"{reverse('account_login')}?{urlencode({'next': reverse(NAME)})}"
    assert words in read_notice(page)
    assert read_notice(again) == ""
    assert not client.cookies[settings.SESSION_COOKIE_NAME].value


def test_it_is_said_in_indonesian_too_and_on_the_sign_in_page_itself(sari):
    browser = Client(headers={"accept-language": "id"})
    end_from_elsewhere(sari, sign_in(browser, sari))

    page = browser.get(reverse("account_login"))

    assert "sesi ini diakhiri dari perangkat lain" in read_notice(page)


def test_a_stranger_a_guesser_and_whoever_signed_out_herself_hear_nothing(client, sari):
    store = sign_in(client, sari)
    end_from_elsewhere(sari, store)
    guesser = Client(headers={"accept-language": "en"})
    guesser.cookies[settings.SESSION_COOKIE_NAME] = hash_key(store.session_key)
    own_end = Client(headers={"accept-language": "en"})
    own = sign_in(own_end, sari)
    own_end.post(reverse("account_logout"))
    own_end.cookies[settings.SESSION_COOKIE_NAME] = own.session_key

    for browser in (Client(), guesser, own_end):
        assert read_notice(browser.get(reverse("account_login"))) == ""


def test_a_machines_address_says_nothing(client, sari):
    end_from_elsewhere(sari, sign_in(client, sari))

    client.get("/.well-known/openid-configuration")

    assert "ended on another device" in read_notice(client.get(reverse("account_login")))


def test_the_cookie_outlives_the_session_so_that_its_end_can_be_told(client, sari):
    store = sign_in(client, sari)

    assert store.get_expiry_age() > 59 * 24 * 3600
    assert store.row.expire_date < timezone.now() + timedelta(days=31)


def test_after_a_while_nobody_knows_any_more(client, sari):
    store = sign_in(client, sari)
    end_from_elsewhere(sari, store)
    later = timezone.now() + timedelta(days=31)

    assert queries.get_ending(session_key=store.session_key, at=later) is None
    actions.forget_expired_sessions(at=later)

    assert not EndedSession.objects.exists()


def sign_in_again(client, asked, account, **more):
    return client.post(
        asked.url, {"email": account.email, "password": PASSWORD, "next": reverse(NAME)} | more
    )


def test_safety_07_what_was_typed_into_a_session_that_was_ended_waits_for_its_person(client, sari):
    end_from_elsewhere(sari, sign_in(client, sari, level=1))

    asked = client.post(
        reverse(NAME),
        {"full_name": "Sari Baru"},
        headers={"Referer": f"http://testserver{reverse(NAME)}"},
    )
    page = client.get(asked.url)
    assert "What you typed is kept" in page.content.decode()
    assert "Sari Baru" not in page.content.decode() + str(dict(client.session.items()))
    sign_in_again(client, asked, sari)

    # One factor is enough for a name, but the page that helps to add a second stands before it.
    back = client.get(reverse("accounts:step_up"), {"next": reverse(NAME), "fresh": "1"})
    text = back.content.decode()
    assert f'action="{reverse(NAME)}"' in text
    assert 'name="full_name" value="Sari Baru"' in text
    sari.refresh_from_db()
    assert sari.full_name == "Sari Wulandari"


def test_what_one_person_typed_is_never_shown_to_the_next(client, sari):
    end_from_elsewhere(sari, sign_in(client, sari, level=1))
    asked = client.post(reverse(NAME), {"full_name": "Sari Baru"})
    other = AccountFactory(with_password=True)

    sign_in_again(client, asked, other)
    back = client.get(reverse("accounts:step_up"), {"next": reverse(NAME), "fresh": "1"})

    assert "Sari Baru" not in back.content.decode()
    assert "accounts.typed" not in client.session


def test_a_stranger_without_a_session_leaves_nothing_behind(client):
    client.post(reverse(NAME), {"full_name": "x" * 1000})

    assert not AccountSession.objects.exists()


def test_what_was_typed_can_be_looked_at_before_it_is_sent(client, sari):
    began, url = timezone.now(), reverse("accounts:change_email")
    sign_in(client, sari, level=1, at=began)
    with time_machine.travel(began + timedelta(minutes=20)):
        asked = client.post(url, {"email": "baru@"}, headers={"Referer": f"http://testserver{url}"})
        page = client.post(asked.url, {"password": PASSWORD, "next": url, "fresh": "1"})
        assert 'name="lang" value="en"' in page.content.decode()

        shown = client.post(url, {"email": "baru@", "lang": "en"})

    text = shown.content.decode()
    assert shown.status_code == 200
    assert 'value="baru@"' in text
    assert "govuk-error" not in text


def test_what_stands_at_no_address_of_its_own_can_only_be_sent(client, sari):
    began, url = timezone.now(), reverse("accounts:remove_app")
    sign_in(client, sari, level=1, at=began)
    with time_machine.travel(began + timedelta(minutes=20)):
        asked = client.post(
            url, {"sure": "1"}, headers={"Referer": f"http://testserver{reverse(NAME)}"}
        )
        page = client.post(asked.url, {"password": PASSWORD, "next": url, "fresh": "1"})

    assert 'name="sure" value="1"' in page.content.decode()
    assert 'name="lang" value="en"' not in page.content.decode()
