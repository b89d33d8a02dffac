# SPDX-License-Identifier: Apache-2.0
"""`offline_access` (OpenID Connect Core 1.0, section 11), and how long refresh tokens live."""

import re
from datetime import timedelta

import pytest
import time_machine
from django.conf import settings
from django.test import Client as Browser
from django.urls import reverse
from django.utils import timezone

from satupintu.foundation.audit import queries as audit
from satupintu.trust.accounts.models import Account, AccountSession
from satupintu.trust.consent.models import Consent
from satupintu.trust.rulebook import queries as rulebook
from satupintu.trust.signin.models import RefreshFamily, Visit

from .parties import read_answer
from .refreshing import (
    SCOPES,
    ask_userinfo,
    go_offline,
    introspect,
    make_refresher,
    refresh,
    set_policy,
    sign_in,
)

pytestmark = pytest.mark.django_db
OFFLINE = "openid email offline_access"


@pytest.fixture
def party(db):
    return make_refresher()


def sign_out(person) -> None:
    person.browser.post(reverse("account_logout"))


def show_page(person, party, *, language="en") -> str:
    Account.objects.update(language=language)
    person.browser.cookies[settings.LANGUAGE_COOKIE_NAME] = language
    page = person.browser.get(party.address(scope=OFFLINE, prompt="consent"))
    assert page.status_code == 200
    return page.content.decode()


# --- She is asked -------------------------------------------------------------------------------------


def test_the_person_is_asked_in_plain_words_and_until_when(person, party):
    html = show_page(person, party)

    assert re.search(r"again when you are not signed in there, until \d+ \w+ \d{4}", html)
    assert "melihatnya lagi saat Anda tidak sedang masuk di sana, sampai" in show_page(
        person, party, language="id"
    )


def test_without_offline_access_the_page_says_nothing_of_it(person, party):
    page = person.browser.get(party.address(scope="openid email"))

    assert "saat Anda tidak sedang masuk" not in page.content.decode()


def test_her_yes_stands_among_her_permissions(person, party):
    go_offline(person, party)

    consent = Consent.objects.get(attribute="offline_access")
    assert consent.agency == party.client.agency.slug
    page = person.browser.get(reverse("consent:list") + "?lang=en", follow=True)
    assert (
        "May know what you allow it, also while you are not signed in there"
        in page.content.decode()
    )


def test_she_is_asked_each_time(person, party):
    go_offline(person, party)

    assert "again when you are not signed in" in show_page(person, party)


@pytest.mark.parametrize("prompt", [None, "login", "none"])
def test_without_prompt_consent_offline_access_is_ignored(person, party, prompt):
    person.agree(party, "openid", "email")
    if prompt == "login":
        response = person.browser.get(party.address(scope=OFFLINE, prompt="login"))
        assert response.status_code == 200
        assert not Consent.objects.filter(attribute="offline_access").exists()
        return

    code = read_answer(party.ask(person.browser, scope=OFFLINE, prompt=prompt))["code"]

    answer = party.exchange(Browser(), code).json()
    assert answer["scope"] == "openid email"
    assert not RefreshFamily.objects.get().is_offline


@pytest.mark.parametrize(
    "fields",
    [
        {"scopes": [scope for scope in SCOPES if scope != "offline_access"]},
        {"grant_types": ["authorization_code"]},
    ],
    ids=["scope", "grant"],
)
def test_a_client_that_is_not_registered_for_it_asks_in_vain(person, fields):
    party = make_refresher(**fields)

    answer = go_offline(person, party)

    assert answer["scope"] == "openid profile email"
    assert not Consent.objects.filter(attribute="offline_access").exists()
    assert not RefreshFamily.objects.filter(is_offline=True).exists()


def test_who_says_no_gives_nothing(person, party):
    html = show_page(person, party)
    action = re.search(r'action="(/openid/decide[^"]*)"', html)[1].replace("&amp;", "&")

    answer = read_answer(person.browser.post(action, {"decision": "refuse"}))

    assert answer["error"] == "access_denied"
    assert not Consent.objects.filter(attribute="offline_access").exists()


# --- While she is away --------------------------------------------------------------------------------


def test_it_goes_on_after_she_signed_out(person, party):
    token = go_offline(person, party)["refresh_token"]

    sign_out(person)
    answer = refresh(party, token).json()

    assert ask_userinfo(answer["access_token"]) == 200
    assert "offline_access" in answer["scope"]


def test_the_access_token_of_her_visit_ends_with_her_visit(person, party):
    token = go_offline(person, party)["access_token"]

    sign_out(person)

    assert ask_userinfo(token) == 401


@pytest.mark.parametrize(
    ("scope", "english", "indonesian"),
    [
        (
            None,
            "saw your full name and e-mail address while you were not signed in there, as you allowed",
            "melihat nama lengkap dan alamat e-mail Anda saat Anda tidak sedang masuk di sana",
        ),
        (
            "openid",
            "saw that this account is yours while you were not signed in there, as you allowed",
            "melihat bahwa akun ini milik Anda saat Anda tidak sedang masuk di sana",
        ),
    ],
)
def test_what_is_read_then_is_said_so_in_her_access_log(person, party, scope, english, indonesian):
    token = go_offline(person, party)["refresh_token"]
    sign_out(person)

    ask_userinfo(refresh(party, token, scope=scope).json()["access_token"])

    line = audit.list_accesses(account_id=person.account.pk)[0]
    assert line.words_en == english
    assert line.words_id.startswith(indonesian)


def test_no_refresh_begins_a_visit(person, party):
    token = go_offline(person, party)["refresh_token"]
    sign_out(person)

    refresh(party, token)

    assert not Visit.objects.filter(ended_at=None).exists()


# --- Until when ---------------------------------------------------------------------------------------


def later(**delta):
    return time_machine.travel(timezone.now() + timedelta(**delta), tick=False)


def test_offline_access_ends_on_the_day_that_she_was_told(person, party):
    token = go_offline(person, party)["refresh_token"]

    for days in (25, 50, 75, 89):
        with later(days=days):
            token = refresh(party, token).json()["refresh_token"]

    with later(days=90, seconds=1):
        assert refresh(party, token).json()["error"] == "invalid_grant"


def test_a_token_that_is_not_used_ends_sooner(person, party):
    token = go_offline(person, party)["refresh_token"]

    with later(days=30, seconds=1):
        assert refresh(party, token).json()["error"] == "invalid_grant"


def test_the_rulebook_sets_the_times_for_each_agency(person, party):
    set_policy("signin.offline_access_lifetime", "2 d", agency=party.client.agency.slug)
    rulebook.forget_policies()
    token = go_offline(person, party)["refresh_token"]

    with later(days=2, seconds=1):
        assert refresh(party, token).json()["error"] == "invalid_grant"


def test_safety_07_a_refresh_stretches_no_proof_beyond_a_day(make_person, party):
    person = make_person(at=timezone.now() - timedelta(hours=23))
    AccountSession.objects.update(al2_until=timezone.now() + timedelta(hours=1))
    answer = sign_in(person, party)
    token = refresh(party, answer["refresh_token"]).json()["refresh_token"]

    with later(minutes=61):
        assert AccountSession.objects.filter(expire_date__gt=timezone.now()).exists()
        assert refresh(party, token).json()["error"] == "invalid_grant"


def test_without_offline_access_it_ends_with_her_session(person, party):
    token = sign_in(person, party)["refresh_token"]
    assert introspect(party, token)["active"]

    sign_out(person)

    assert refresh(party, token).json()["error"] == "invalid_grant"
    assert not introspect(party, token)["active"]


def test_a_session_that_ran_out_refreshes_nothing(person, party):
    token = sign_in(person, party)["refresh_token"]
    AccountSession.objects.update(expire_date=timezone.now())

    assert not introspect(party, token)["active"]
    assert refresh(party, token).json()["error"] == "invalid_grant"
