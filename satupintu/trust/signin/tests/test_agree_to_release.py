# SPDX-License-Identifier: Apache-2.0
"""The page that asks before an agency is told something for the first time."""

import re
from urllib.parse import parse_qs, urlsplit

import pytest
from django.test import Client as Browser
from django.utils import timezone

from satupintu.trust.accounts.queries import list_activity
from satupintu.trust.accounts.tests.factories import AccountFactory, sign_in
from satupintu.trust.consent.queries import list_consented_attributes
from satupintu.trust.signin.models import AuthorizationCode

from .parties import make_party, read_answer, read_page_sent_to

pytestmark = pytest.mark.django_db


def decide(browser, page, decision, **options):
    action = re.search(r'action="(/openid/decide[^"]*)"', page.content.decode())[1]
    return browser.post(action.replace("&amp;", "&"), {"decision": decision}, **options)


def list_agreed(person, party):
    return list_consented_attributes(
        account_id=person.account.pk, agency_slug=party.client.agency.slug, at=timezone.now()
    )


def test_before_the_first_release_a_page_says_in_plain_words_what_the_agency_is_told(person, party):
    page = party.ask(
        person.browser, scope="openid profile email", headers={"Accept-Language": "en"}
    )

    html = page.content.decode()
    assert page.status_code == 200
    assert "Masuk ke Kantor Pajak?" in html
    assert person.account.full_name in html
    assert person.account.email in html
    assert "no-store" in page.headers["Cache-Control"]
    assert not AuthorizationCode.objects.exists()


def test_an_attribute_that_is_not_asked_for_is_not_offered(person, party):
    html = party.ask(person.browser).content.decode()

    assert person.account.full_name not in html


def test_agreeing_leads_back_with_a_code_and_is_remembered(person, party):
    page = party.ask(person.browser, scope="openid email")

    answer = read_answer(decide(person.browser, page, "agree"))

    assert answer["code"]
    assert answer["state"] == party.state
    assert list_agreed(person, party) == {"identity_confirmed", "email"}
    assert "code" in read_answer(party.ask(person.browser, scope="openid email"))


def test_asking_for_more_than_was_agreed_to_asks_again(person, party):
    person.agree(party)

    page = party.ask(person.browser, scope="openid email")

    assert page.status_code == 200


def test_refusing_leads_back_with_access_denied_and_nothing_is_agreed(person, party):
    page = party.ask(person.browser)

    answer = read_answer(decide(person.browser, page, "refuse"))

    assert answer["error"] == "access_denied"
    assert answer["state"] == party.state
    assert not list_agreed(person, party)


@pytest.mark.parametrize("decision", ["", "yes", "agree\0"])
def test_a_decision_that_is_none_asks_again(person, party, decision):
    page = party.ask(person.browser)

    response = decide(person.browser, page, decision)

    assert response.headers["Location"] == party.address()
    assert not list_agreed(person, party)


def test_agreeing_for_one_agency_says_nothing_about_another(person, party):
    person.agree(party)

    assert make_party().ask(person.browser).status_code == 200


def test_another_site_cannot_agree_in_the_persons_name(make_person, party):
    person = make_person()
    browser = Browser(enforce_csrf_checks=True)
    browser.cookies = person.browser.cookies
    page = party.ask(browser)

    response = decide(browser, page, "agree")

    assert response.status_code == 403
    assert not list_agreed(person, party)
    assert not AuthorizationCode.objects.exists()


def test_the_forms_own_token_is_accepted(make_person, party):
    person = make_person()
    browser = Browser(enforce_csrf_checks=True)
    browser.cookies = person.browser.cookies
    page = party.ask(browser)
    token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page.content.decode())[1]

    response = decide(browser, page, "agree", headers={"X-CSRFToken": token})

    assert "code" in read_answer(response)


def test_a_page_that_stood_open_while_the_session_ended_agrees_to_nothing(person, party):
    page = party.ask(person.browser)
    person.browser.cookies.clear()

    response = decide(person.browser, page, "agree")

    assert response.headers["Location"] == party.address()
    assert not list_agreed(person, party)


def test_a_page_that_stood_open_while_the_level_lapsed_agrees_to_nothing(person, party):
    page = party.ask(person.browser)
    sign_in(person.browser, person.account, level=1)

    response = decide(person.browser, page, "agree")

    assert response.headers["Location"] == party.address()
    assert not list_agreed(person, party)


def test_an_address_that_was_changed_on_the_way_is_not_redirected_to(person, party):
    response = person.browser.post(
        party.address(redirect_uri="https://evil.example/").replace("authorize", "decide"),
        {"decision": "agree"},
    )

    assert response.status_code == 400


def test_another_account_can_be_chosen(person, party):
    page = party.ask(person.browser, prompt="select_account")

    path, back = read_page_sent_to(decide(person.browser, page, "switch"))

    assert path == "/account/sign-in/"
    assert not person.browser.cookies["satupintu"].value
    other = AccountFactory()
    sign_in(person.browser, other)
    # She is asked for consent, but not again for the account.
    assert 'value="agree"' in person.browser.get(back).content.decode()


def test_choosing_another_account_is_a_sign_out_like_any_other(person, party):
    page = party.ask(person.browser, prompt="select_account")

    response = decide(person.browser, page, "switch")

    assert response.headers["Clear-Site-Data"] == '"cache", "storage"'
    newest = list_activity(account_id=person.account.pk, limit=1)[0]
    assert newest.kind == "signed_out"


def test_the_number_is_said_to_be_known_in_the_whole_sector(person, party):
    html = party.ask(person.browser).content.decode()

    assert "lembaga ini dan lembaga lain di bidang yang sama" in html


# --- A browser is moved on by a page, because its policy holds forms to this site ---------------


def test_after_a_form_a_browser_gets_a_page_that_moves_on(person, party):
    page = party.ask(person.browser)

    response = decide(person.browser, page, "agree", headers={"Sec-Fetch-Dest": "document"})

    html = response.content.decode()
    address = re.search(r'http-equiv="refresh" content="0;url=([^"]+)"', html)[1]
    assert response.status_code == 200
    assert parse_qs(urlsplit(address.replace("&amp;", "&")).query)["code"]
    assert f'href="{address}"' in html
    assert "no-store" in response.headers["Cache-Control"]


def test_a_browser_that_comes_straight_from_the_agency_is_redirected(person, party):
    person.agree(party)

    response = party.ask(person.browser, headers={"Sec-Fetch-Dest": "document"})

    assert "code" in read_answer(response)


def test_a_browser_that_comes_from_the_sign_in_form_gets_the_page(client, party):
    _path, back = read_page_sent_to(party.ask(client))
    account = AccountFactory()
    sign_in(client, account)

    consent = client.get(back, headers={"Sec-Fetch-Dest": "document"})
    response = decide(client, consent, "agree", headers={"Sec-Fetch-Dest": "document"})
    again = client.get(back, headers={"Sec-Fetch-Dest": "document"})

    assert 'http-equiv="refresh"' in response.content.decode()
    assert 'http-equiv="refresh"' in again.content.decode()
