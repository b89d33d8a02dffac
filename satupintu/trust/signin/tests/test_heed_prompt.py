# SPDX-License-Identifier: Apache-2.0
"""prompt and max_age: asked afresh when the agency wants it, and never in a loop."""

import re
from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

import pytest
import time_machine
from django.utils import timezone

from satupintu.trust.accounts.tests.factories import sign_in

from .parties import read_answer, read_page_sent_to

pytestmark = pytest.mark.django_db


def press_sign_in_again(browser, page) -> str:
    """Where the person comes back to after signing in once more."""
    html = page.content.decode()
    assert 'id="again"' in html, html
    action = re.search(r'action="(/openid/decide[^"]*)"', html)[1].replace("&amp;", "&")
    path, back = read_page_sent_to(browser.post(action, {"decision": "switch"}))
    assert path == "/account/sign-in/"
    return back


# --- prompt=none: no page, ever ---------------------------------------------------------------------


def test_prompt_none_answers_a_person_who_needs_no_page(person, party):
    person.agree(party)

    assert "code" in read_answer(party.ask(person.browser, prompt="none"))


def test_prompt_none_with_nobody_signed_in_is_login_required(client, party):
    assert read_answer(party.ask(client, prompt="none"))["error"] == "login_required"


def test_prompt_none_without_consent_is_consent_required(person, party):
    answer = read_answer(party.ask(person.browser, prompt="none"))

    assert answer["error"] == "consent_required"
    assert answer["state"] == party.state


def test_safety_02_prompt_none_at_one_factor_is_interaction_required(make_person, party):
    person = make_person(level=1)
    person.agree(party)

    answer = read_answer(party.ask(person.browser, prompt="none"))

    assert answer["error"] == "interaction_required"


def test_prompt_none_with_a_sign_in_too_long_ago_is_login_required(make_person, party):
    person = make_person(at=timezone.now() - timedelta(minutes=30))
    person.agree(party)

    answer = read_answer(party.ask(person.browser, prompt="none", max_age="600"))

    assert answer["error"] == "login_required"


# --- prompt=login and max_age -------------------------------------------------------------------------


@pytest.mark.parametrize("changes", [{"prompt": "login"}, {"max_age": "0"}, {"max_age": "60"}])
def test_a_fresh_sign_in_is_asked_once_and_then_the_request_goes_on(make_person, party, changes):
    person = make_person(at=timezone.now() - timedelta(minutes=5))
    person.agree(party)

    back = press_sign_in_again(person.browser, party.ask(person.browser, **changes))
    sign_in(person.browser, person.account, at=timezone.now() + timedelta(seconds=1))

    # However long the way back takes: she did what was asked.
    with time_machine.travel(timezone.now() + timedelta(minutes=3), tick=False):
        answer = read_answer(person.browser.get(back))
    assert answer["code"]
    assert answer["state"] == party.state


def test_coming_back_without_signing_in_asks_again(make_person, party):
    person = make_person(at=timezone.now() - timedelta(minutes=5))
    person.agree(party)
    back = press_sign_in_again(person.browser, party.ask(person.browser, prompt="login"))

    sign_in(person.browser, person.account, at=timezone.now() - timedelta(minutes=5))

    assert 'id="again"' in person.browser.get(back).content.decode()


def test_a_visitor_signs_in_once_for_prompt_login(client, make_person, party):
    person = make_person()
    person.agree(party)
    _path, back = read_page_sent_to(party.ask(client, prompt="login"))

    sign_in(client, person.account, at=timezone.now() + timedelta(seconds=1))

    assert "code" in read_answer(client.get(back))


def test_the_mark_of_one_request_does_not_serve_another(make_person, party):
    person = make_person(at=timezone.now() - timedelta(minutes=5))
    person.agree(party)
    back = press_sign_in_again(
        person.browser, party.ask(person.browser, prompt="login", state="first")
    )
    mark = parse_qs(urlsplit(back).query)["asked"][0]
    sign_in(person.browser, person.account, at=timezone.now() + timedelta(seconds=1))

    response = party.ask(person.browser, prompt="login", state="second", asked=mark)

    assert 'id="again"' in response.content.decode()


@pytest.mark.parametrize("mark", ["", "x", "W10:1abc:forged"])
def test_a_made_up_mark_serves_nothing(make_person, party, mark):
    person = make_person(at=timezone.now() - timedelta(minutes=5))
    person.agree(party)

    response = party.ask(person.browser, prompt="login", asked=mark)

    assert 'id="again"' in response.content.decode()


def test_a_sign_in_that_is_recent_enough_is_not_repeated(make_person, party):
    person = make_person(at=timezone.now() - timedelta(minutes=5))
    person.agree(party)

    assert "code" in read_answer(party.ask(person.browser, max_age="600"))


# --- prompt=consent and prompt=select_account -----------------------------------------------------------


@pytest.mark.parametrize("prompt", ["consent", "select_account", "consent select_account"])
def test_the_page_is_shown_again_when_the_agency_wants_it(person, party, prompt):
    person.agree(party)

    page = party.ask(person.browser, prompt=prompt)

    html = page.content.decode()
    assert page.status_code == 200
    assert person.account.email in html
    action = re.search(r'action="(/openid/decide[^"]*)"', html)[1].replace("&amp;", "&")
    assert "code" in read_answer(person.browser.post(action, {"decision": "agree"}))
