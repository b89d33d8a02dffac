# SPDX-License-Identifier: Apache-2.0
from urllib.parse import parse_qs, urlsplit

import pytest
from django.conf import settings

from satupintu.trust.agencies import actions as agencies
from satupintu.trust.signin.models import AuthorizationCode

from .parties import CALLBACK, make_party, read_answer, read_page_sent_to

pytestmark = pytest.mark.django_db


def test_a_person_who_agreed_before_goes_straight_back_with_a_code(person, party):
    person.agree(party)

    answer = read_answer(party.ask(person.browser))

    assert set(answer) == {"code", "state", "iss"}
    assert answer["state"] == party.state
    assert answer["iss"] == settings.PUBLIC_URL


def test_a_code_is_not_stored_in_clear(person, party):
    person.agree(party)

    code = read_answer(party.ask(person.browser))["code"]

    assert code not in str(AuthorizationCode.objects.values().get())


def test_a_request_in_a_form_is_answered_as_one_in_the_address(person, party):
    person.agree(party)

    response = person.browser.post("/openid/authorize", party.params)

    assert response.status_code == 303
    assert "code" in read_answer(person.browser.get(response.headers["Location"]))


def test_an_address_of_the_agency_that_carries_a_query_keeps_it(person):
    party = make_party(redirect_uris=[f"{CALLBACK}?office=1"])
    person.agree(party)

    answer = read_answer(party.ask(person.browser, redirect_uri=f"{CALLBACK}?office=1"))

    assert answer["office"] == "1"
    assert answer["code"]


# --- Never a redirect to somewhere unknown ------------------------------------------------------


@pytest.mark.parametrize(
    "changes",
    [
        {"client_id": "nobody"},
        {"client_id": None},
        {"redirect_uri": "https://evil.example/callback"},
        {"redirect_uri": None},
        {"redirect_uri": ""},
        {"redirect_uri": 'https://evil.example/"é'},
        {"redirect_uri": "https://evil.example/", "response_type": "token"},
        {"client_id": "nobody", "response_type": 'tok"en'},
        {"nonce": "\0"},
    ],
    ids=str,
)
def test_an_unknown_client_or_address_gets_a_kind_page_and_never_a_redirect(person, party, changes):
    response = party.ask(person.browser, **changes)

    assert response.status_code == 400
    assert "Location" not in response.headers
    html = response.content.decode()
    assert "<h1>" in html
    assert 'href="https://evil' not in html


@pytest.mark.parametrize("name", ["client_id", "redirect_uri", "scope", "state"])
def test_a_parameter_given_twice_is_refused(person, party, name):
    response = person.browser.get(f"{party.address()}&{name}=other")

    assert response.status_code == 400
    assert "Location" not in response.headers


@pytest.mark.parametrize("name", ["nonce", "prompt", "claims", "acr_values", "unheard_of"])
def test_any_other_parameter_given_twice_is_told_to_the_agency(person, party, name):
    person.agree(party)

    answer = read_answer(person.browser.get(f"{party.address()}&{name}=a&{name}=b"))

    assert answer["error"] == "invalid_request"
    assert answer["iss"] == settings.PUBLIC_URL


def test_a_redirect_makes_a_browser_ask_by_get(person, party):
    person.agree(party)

    assert party.ask(person.browser).status_code == 303


def test_safety_24_a_suspended_agency_signs_nobody_in(person, party):
    person.agree(party)
    agencies.suspend_agency(slug=party.client.agency.slug, at=party.client.registered_at)

    response = party.ask(person.browser)

    assert response.status_code == 400


# --- Errors that the agency is told ---------------------------------------------------------------


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"response_type": "token"}, "unsupported_response_type"),
        ({"response_type": "code id_token"}, "unsupported_response_type"),
        ({"response_type": 'tok"en'}, "unsupported_response_type"),
        ({"response_type": None}, "unsupported_response_type"),
        ({"scope": "profile"}, "invalid_scope"),
        ({"scope": None}, "invalid_scope"),
        ({"prompt": "none login"}, "invalid_request"),
        ({"prompt": "create"}, "invalid_request"),
        ({"max_age": "soon"}, "invalid_request"),
        ({"max_age": "-1"}, "invalid_request"),
        ({"nonce": "n" * 513}, "invalid_request"),
        ({"request": "e30."}, "request_not_supported"),
        ({"request_uri": "https://tax.nusa.example/request.jwt"}, "request_uri_not_supported"),
        ({"registration": "{}"}, "registration_not_supported"),
        ({"response_mode": "fragment"}, "invalid_request"),
        ({"response_mode": "form_post"}, "invalid_request"),
        ({"claims": "{"}, "invalid_request"),
        ({"id_token_hint": "no.token.here"}, "invalid_request"),
        ({"acr_values": "urn:satupintu:acr:ip4:al2"}, "unmet_authentication_requirements"),
        ({"acr_values": "phr"}, "unmet_authentication_requirements"),
    ],
    ids=str,
)
def test_a_faulty_request_is_told_to_the_agency_with_its_state(person, party, changes, error):
    person.agree(party)

    answer = read_answer(party.ask(person.browser, **changes))

    assert answer["error"] == error
    assert answer["state"] == party.state
    assert answer["iss"] == settings.PUBLIC_URL
    assert "code" not in answer


@pytest.mark.parametrize(
    "changes",
    [
        {"code_challenge": None, "code_challenge_method": None},
        {"code_challenge_method": None},
        {"code_challenge_method": "plain"},
        {"code_challenge": None},
        {"code_challenge": "short"},
        {"code_challenge": "é" * 43},
    ],
    ids=str,
)
def test_safety_pkce_cannot_be_left_out_or_weakened(person, party, changes):
    person.agree(party)

    answer = read_answer(party.ask(person.browser, **changes))

    assert answer["error"] == "invalid_request"


def test_a_client_that_may_only_use_the_api_signs_nobody_in(person):
    party = make_party(grant_types=["client_credentials"])

    answer = read_answer(party.ask(person.browser))

    assert answer["error"] == "unauthorized_client"


def test_a_scope_of_the_api_is_not_given_in_a_persons_name(person, party):
    person.agree(party)

    code = read_answer(party.ask(person.browser, scope="openid messages:send"))["code"]
    response = party.exchange(person.browser, code)

    assert response.json()["scope"] == "openid"


# --- Signing in first -----------------------------------------------------------------------------


def test_a_visitor_is_sent_to_sign_in_and_exactly_back(client, party, make_person):
    path, back = read_page_sent_to(party.ask(client))

    assert path == "/account/sign-in/"
    person = make_person()
    person.agree(party)
    assert "code" in read_answer(person.browser.get(back))


def test_safety_02_one_factor_is_stepped_up_and_never_let_through(make_person, party):
    person = make_person(level=1)
    person.agree(party)

    path, back = read_page_sent_to(party.ask(person.browser))

    assert path == "/account/confirm/"
    # Coming back without having proved more leads to the same page, not through.
    assert read_page_sent_to(person.browser.get(back))[0] == "/account/confirm/"
    assert not AuthorizationCode.objects.exists()


def test_after_the_step_up_the_request_goes_on_as_it_was(make_person, party):
    person = make_person(level=1)
    person.agree(party)
    _path, back = read_page_sent_to(party.ask(person.browser))

    person.session.record_authentication(method="totp", at=party.client.registered_at)

    answer = read_answer(person.browser.get(back))
    assert answer["state"] == party.state
    assert answer["code"]


def test_an_agency_cannot_ask_for_less_than_the_rulebook_wants(make_person, party):
    person = make_person(level=1)
    person.agree(party)

    response = party.ask(person.browser, acr_values="urn:satupintu:acr:ip0:al1")

    assert read_page_sent_to(response)[0] == "/account/confirm/"


def test_the_language_that_the_agency_names_reaches_the_sign_in_page(client, party):
    response = party.ask(client, ui_locales="fr en-GB id")

    assert parse_qs(urlsplit(response.headers["Location"]).query)["lang"] == ["en"]


def test_a_language_chosen_on_this_device_stands_above_the_agencys(client, party):
    client.cookies[settings.LANGUAGE_COOKIE_NAME] = "id"

    response = party.ask(client, ui_locales="en")

    assert "lang" not in parse_qs(urlsplit(response.headers["Location"]).query)
