# SPDX-License-Identifier: Apache-2.0
"""An agency says whom it expects, in which language, and the pages say which agency it is."""

import base64
import json
import re

import pytest
from django.conf import settings
from django.test import Client as Browser
from django.urls import reverse
from joserfc import jwk, jwt

from satupintu.trust.accounts.tests.factories import AccountFactory, sign_in
from satupintu.trust.signin.models import AuthorizationCode

from .parties import make_party, read_answer, read_page_sent_to

pytestmark = pytest.mark.django_db


def get_id_token(person, party) -> str:
    person.agree(party)
    code = read_answer(party.ask(person.browser))["code"]
    return party.exchange(Browser(), code).json()["id_token"]


def read_subject(id_token: str) -> str:
    return json.loads(base64.urlsafe_b64decode(id_token.split(".")[1] + "=="))["sub"]


@pytest.fixture
def other(make_person, party):
    """Somebody else, who agreed to be known to the same agency."""
    person = make_person()
    person.agree(party)
    return person


def ask_for(how, token, browser, party, **changes):
    if how == "id_token_hint":
        return party.ask(browser, id_token_hint=token, **changes)
    sub = {"value": read_subject(token)}
    return party.ask(browser, claims=json.dumps({"id_token": {"sub": sub}}), **changes)


HOW = pytest.mark.parametrize("how", ["id_token_hint", "claims"])


@HOW
def test_the_person_whom_the_agency_means_goes_through(person, party, how):
    token = get_id_token(person, party)

    assert "code" in read_answer(ask_for(how, token, person.browser, party, prompt="none"))


@HOW
def test_nobody_else_does_and_prompt_none_is_login_required(person, other, party, how):
    token = get_id_token(person, party)
    codes = AuthorizationCode.objects.count()

    answer = read_answer(ask_for(how, token, other.browser, party, prompt="none"))

    assert answer["error"] == "login_required"
    assert AuthorizationCode.objects.count() == codes


@HOW
def test_a_page_offers_the_way_to_the_other_account(person, other, party, how):
    token = get_id_token(person, party)

    page = ask_for(how, token, other.browser, party)

    html = page.content.decode()
    assert other.account.email in html
    assert person.account.email not in html
    action = re.search(r'action="(/openid/decide[^"]*)"', html)[1].replace("&amp;", "&")
    agreed = other.browser.post(action, {"decision": "agree"})
    assert "code=" not in agreed.headers["Location"]
    refused = other.browser.post(action, {"decision": "refuse"})
    assert read_answer(refused)["error"] == "login_required"
    _path, back = read_page_sent_to(other.browser.post(action, {"decision": "switch"}))
    sign_in(other.browser, person.account)
    assert "code" in read_answer(other.browser.get(back))


def test_a_visitor_who_signs_in_as_somebody_else_is_not_let_through(person, other, party, client):
    token = get_id_token(person, party)
    _path, back = read_page_sent_to(party.ask(client, id_token_hint=token))

    sign_in(client, other.account)

    assert 'id="switch"' in client.get(back).content.decode()


def test_somebody_whom_the_sector_does_not_know_yet_is_not_the_one(person, party, make_person):
    token = get_id_token(person, party)
    stranger = make_person()

    answer = read_answer(party.ask(stranger.browser, id_token_hint=token, prompt="none"))

    assert answer["error"] == "login_required"


def test_a_token_that_another_agency_was_given_is_no_hint(person, party):
    token = get_id_token(person, make_party())
    person.agree(party)

    assert read_answer(party.ask(person.browser, id_token_hint=token))["error"] == "invalid_request"


def test_a_token_that_somebody_made_up_is_no_hint(person, party):
    person.agree(party)
    key = jwk.ECKey.generate_key("P-256", auto_kid=True)
    claims = {"iss": settings.PUBLIC_URL, "aud": party.client.client_id, "sub": "x", "auth_time": 1}
    forged = jwt.encode({"alg": "ES256", "kid": key.kid}, claims, key)

    assert (
        read_answer(party.ask(person.browser, id_token_hint=forged))["error"] == "invalid_request"
    )


def test_a_hint_and_a_claim_that_mean_two_people_contradict_each_other(person, party):
    token = get_id_token(person, party)
    claims = json.dumps({"id_token": {"sub": {"value": "somebody-else"}}})

    answer = read_answer(party.ask(person.browser, id_token_hint=token, claims=claims))

    assert answer["error"] == "invalid_request"


# --- The sign-in page ------------------------------------------------------------------------------


def open_sign_in(browser, party, **changes):
    response = party.ask(browser, **changes)
    assert response.headers["Location"].startswith(reverse("account_login"))
    return browser.get(response.headers["Location"], follow=True)


def test_the_sign_in_page_names_the_agency_one_came_from(client, party):
    page = open_sign_in(client, party)

    assert party.client.agency.name_id in page.content.decode()


def test_a_sign_in_page_that_leads_nowhere_else_names_no_agency(client, party):
    html = client.get(reverse("account_login"), {"next": "/home/"}).content.decode()

    assert party.client.agency.name_id not in html


@pytest.mark.parametrize(
    "address", ["/openid/authorize?client_id=nobody", "/openid/authorize", "/"]
)
def test_an_address_of_nobody_names_no_agency(client, party, address):
    page = client.get(reverse("account_login"), {"next": address})

    assert page.status_code == 200
    assert party.client.agency.name_id not in page.content.decode()


def test_a_login_hint_fills_in_the_address(client, party):
    html = open_sign_in(client, party, login_hint="sari@example.org").content.decode()

    assert 'value="sari@example.org"' in html


@pytest.mark.parametrize("hint", ['"><script>alert(1)</script>', "0812 3456", "a@b", "é"])
def test_a_login_hint_that_is_no_address_fills_in_nothing(client, party, hint):
    page = open_sign_in(client, party, login_hint=hint)

    email = re.search(r'<input[^>]*name="email"[^>]*>', page.content.decode())[0]
    assert 'value=""' in email or "value=" not in email


def test_a_login_hint_decides_nothing_about_who_is_signed_in(person, party):
    person.agree(party)

    assert "code" in read_answer(party.ask(person.browser, login_hint="other@example.org"))


def test_the_sign_in_page_speaks_the_language_that_the_agency_names(client, party):
    page = open_sign_in(client, party, ui_locales="fr en-GB id")

    html = page.content.decode()
    assert '<html lang="en"' in html
    assert party.client.agency.name_en in html


def test_an_agency_does_not_change_the_language_of_an_account(make_person, party):
    person = make_person(level=1)
    person.account.__class__.objects.update(language="id")

    response = party.ask(person.browser, ui_locales="en")
    person.browser.get(response.headers["Location"], follow=True)

    person.account.refresh_from_db()
    assert person.account.language == "id"


def test_the_sign_in_page_still_names_the_agency_after_a_wrong_password(client, party):
    AccountFactory(email="sari@example.org")
    address = party.ask(client).headers["Location"]
    form = {"email": "sari@example.org", "password": "not the one", "next": party.address()}

    page = client.post(address, form)

    assert page.status_code == 422
    assert party.client.agency.name_id in page.content.decode()
