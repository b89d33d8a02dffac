# SPDX-License-Identifier: Apache-2.0
"""Pushed authorization requests (RFC 9126): stored by hash, opened once, answered once."""

import re
import threading
from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

import pytest
import time_machine
from django.conf import settings
from django.db import connection
from django.test import Client as Browser
from django.urls import reverse
from django.utils import timezone

from satupintu.trust.accounts.tests.factories import AccountFactory, sign_in
from satupintu.trust.agencies import actions as agencies
from satupintu.trust.signin.models import AuthorizationCode, PushedRequest

from .parties import CALLBACK, make_party, read_answer, read_id_token, read_page_sent_to

pytestmark = pytest.mark.django_db
PREFIX = "urn:ietf:params:oauth:request_uri:"


def read_action(page) -> str:
    action = re.search(r'action="(/openid/decide[^"]*)"', page.content.decode())[1]
    return action.replace("&amp;", "&")


def assert_refused(response, error="invalid_request_uri"):
    """A kind page, and never a redirect."""
    assert response.status_code == 400
    assert "Location" not in response.headers
    assert error in response.content.decode()


# --- The endpoint ------------------------------------------------------------------------------------


@pytest.mark.parametrize("auth", ["private_key_jwt", "client_secret_basic"])
def test_a_client_that_proves_itself_gets_an_address_for_its_request(client, auth):
    response = make_party(auth=auth).push(client)

    answer = response.json()
    assert response.status_code == 201
    assert set(answer) == {"request_uri", "expires_in"}
    assert answer["request_uri"].startswith(PREFIX)
    assert len(answer["request_uri"]) - len(PREFIX) >= 43
    assert answer["expires_in"] == 60
    assert response.headers["Cache-Control"] == "no-store"
    assert response.headers["Content-Type"] == "application/json"


def test_what_was_pushed_is_found_by_its_hash_alone_and_holds_no_proof_of_the_client(party, client):
    request_uri = party.push(client).json()["request_uri"]

    row = PushedRequest.objects.get()
    assert request_uri.removeprefix(PREFIX) not in str(vars(row))
    assert row.params == party.params


@pytest.mark.parametrize("proof", [{}, {"form": {"client_assertion": "x"}}], ids=str)
def test_who_proves_nothing_pushes_nothing(party, client, proof):
    response = party.push(client, proof=proof)

    assert response.json()["error"] == "invalid_client"
    assert not PushedRequest.objects.exists()


def test_an_assertion_may_be_for_the_endpoint_itself_and_is_used_up_here_too(party, client):
    proof = party.proof(aud=f"{settings.PUBLIC_URL}/openid/par")
    assert party.push(client, proof=proof).status_code == 201

    form = {"grant_type": "client_credentials", "scope": "messages:send"}
    assert party.push(client, proof=proof).json()["error"] == "invalid_client"
    assert party.post_token(client, form, proof=proof).json()["error"] == "invalid_client"


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"redirect_uri": "https://evil.example/"}, "invalid_request"),
        ({"redirect_uri": None}, "invalid_request"),
        ({"client_id": "somebody-else"}, "invalid_client"),
        ({"client_id": None}, "invalid_request"),
        ({"request_uri": PREFIX + "x"}, "invalid_request"),
        ({"request": "e30."}, "request_not_supported"),
        ({"response_type": "token"}, "unsupported_response_type"),
        ({"scope": "profile"}, "invalid_scope"),
        ({"code_challenge": None}, "invalid_request"),
        ({"code_challenge_method": "plain"}, "invalid_request"),
        ({"prompt": "none login"}, "invalid_request"),
        ({"claims": "["}, "invalid_request"),
        ({"id_token_hint": "x"}, "invalid_request"),
        ({"acr_values": "phr"}, "unmet_authentication_requirements"),
        ({"state": "s\0"}, "invalid_request"),
        ({"state": "s" * 20_000}, "invalid_request"),
    ],
    ids=lambda value: str(value)[:60],
)
def test_a_faulty_request_is_told_to_the_client_itself(party, client, changes, error):
    response = party.push(client, **changes)

    assert response.status_code in {400, 413}
    assert response.json()["error"] == error
    assert "Location" not in response.headers
    assert not PushedRequest.objects.exists()


def test_a_parameter_given_twice_is_refused(party, client):
    form = party.params | party.proof()["form"] | {"nonce": ["a", "b"]}

    assert client.post("/openid/par", form).json()["error"] == "invalid_request"


@pytest.mark.parametrize("method", ["get", "put"])
def test_only_post_pushes(client, method):
    assert getattr(client, method)("/openid/par").status_code == 405


# --- Bringing it back --------------------------------------------------------------------------------


def test_a_person_is_signed_in_by_what_was_pushed(person, party, client):
    person.agree(party)

    answer = read_answer(person.browser.get(party.push_address(client)))

    assert answer["state"] == party.state
    assert answer["iss"] == settings.PUBLIC_URL
    response = party.exchange(client, answer["code"])
    assert read_id_token(client, response)["nonce"] == party.nonce


def test_nothing_in_the_address_adds_to_what_was_pushed(person, party, client):
    person.agree(party)
    request_uri = party.push(client).json()["request_uri"]
    thief = {"state": "thief", "nonce": "thief", "redirect_uri": "https://evil.example/"}

    answer = read_answer(person.browser.get(party.pushed_address(request_uri, **thief)))

    assert answer["state"] == party.state
    assert AuthorizationCode.objects.get().nonce == party.nonce
    assert AuthorizationCode.objects.get().redirect_uri == CALLBACK


def test_a_pushed_request_serves_once(person, party, client):
    person.agree(party)
    address = party.push_address(client)
    assert "code" in read_answer(person.browser.get(address))

    assert_refused(person.browser.get(address))
    assert AuthorizationCode.objects.count() == 1


def test_another_client_cannot_bring_it(person, party, client):
    person.agree(party)
    other = make_party()
    person.agree(other)
    request_uri = party.push(client).json()["request_uri"]

    assert_refused(person.browser.get(other.pushed_address(request_uri)))
    # The attempt has not used it up for its owner.
    assert "code" in read_answer(person.browser.get(party.pushed_address(request_uri)))


@pytest.mark.parametrize("made_up", ["", "x", "é", "a" * 5000])
def test_a_made_up_address_is_refused(person, party, made_up):
    assert_refused(person.browser.get(party.pushed_address(PREFIX + made_up)))


def test_it_is_good_for_a_minute(person, party, client):
    person.agree(party)
    address = party.push_address(client)

    with time_machine.travel(timezone.now() + timedelta(seconds=61), tick=False):
        assert_refused(person.browser.get(address))


def test_safety_24_a_suspended_client_has_pushed_in_vain(person, party, client):
    person.agree(party)
    address = party.push_address(client)
    agencies.suspend_client(client_id=party.client.client_id, at=timezone.now())

    assert_refused(person.browser.get(address), error="invalid_client")


@pytest.mark.django_db(transaction=True)
def test_of_two_browsers_with_one_address_one_is_served(make_person):
    party = make_party()
    people = [make_person() for _ in range(4)]
    for person in people:
        person.agree(party)
    address = party.push_address(Browser())
    gate = threading.Barrier(len(people))
    statuses = []

    def come(person):
        gate.wait()
        statuses.append(person.browser.get(address).status_code)
        connection.close()

    threads = [threading.Thread(target=come, args=[person]) for person in people]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(statuses) == [303, 400, 400, 400]


# --- On the way: signing in, agreeing ---------------------------------------------------------------


def test_a_visitor_signs_in_takes_her_time_and_goes_on(party, client, make_person):
    person = make_person()
    person.agree(party)
    path, back = read_page_sent_to(client.get(party.push_address(Browser())))
    assert path == reverse("account_login")
    assert "nonce" not in back

    later = timezone.now() + timedelta(minutes=20)
    with time_machine.travel(later, tick=False):
        sign_in(client, person.account, at=later)
        assert "code" in read_answer(client.get(back))
        # What she came back with is answered, and nobody comes back with it again.
        assert_refused(client.get(back))


def test_the_sign_in_page_names_the_agency_and_heeds_the_hint(party, client):
    address = party.push_address(Browser(), login_hint="sari@example.org")

    html = client.get(address, follow=True).content.decode()

    assert party.client.agency.name_id in html
    assert 'value="sari@example.org"' in html


def test_the_page_that_asks_can_be_loaded_again_and_agreed_to_once(person, party, client):
    first = person.browser.get(party.push_address(client))
    assert first.status_code == 303
    page = person.browser.get(first.headers["Location"])
    again = person.browser.get(first.headers["Location"])
    assert read_action(page) == read_action(again)

    answer = read_answer(person.browser.post(read_action(page), {"decision": "agree"}))

    assert answer["state"] == party.state
    assert_refused(person.browser.post(read_action(page), {"decision": "agree"}))
    assert AuthorizationCode.objects.count() == 1


def test_refusing_answers_too(person, party, client):
    page = person.browser.get(party.push_address(client), follow=True)

    answer = read_answer(person.browser.post(read_action(page), {"decision": "refuse"}))

    assert answer["error"] == "access_denied"
    assert_refused(person.browser.post(read_action(page), {"decision": "agree"}))


def test_another_account_can_be_chosen_on_the_way(person, party, client):
    address = party.push_address(client, prompt="select_account")
    page = person.browser.get(address, follow=True)

    _path, back = read_page_sent_to(person.browser.post(read_action(page), {"decision": "switch"}))

    sign_in(person.browser, AccountFactory())
    assert 'value="agree"' in person.browser.get(back).content.decode()


def test_the_mark_of_one_pushed_request_does_not_open_another(person, party, client):
    first = person.browser.get(party.push_address(client))
    mark = parse_qs(urlsplit(first.headers["Location"]).query)["asked"][0]
    used = party.push(client).json()["request_uri"]
    person.browser.get(party.pushed_address(used))

    assert_refused(person.browser.get(party.pushed_address(used, asked=mark)))


def test_errors_after_the_push_are_told_to_the_agency_as_ever(client, party):
    answer = read_answer(client.get(party.push_address(Browser(), prompt="none")))

    assert answer["error"] == "login_required"
    assert answer["state"] == party.state


# --- Clients that must push ---------------------------------------------------------------------------


def test_a_client_that_must_push_cannot_come_without(person):
    party = make_party(requires_pushed_requests=True)
    person.agree(party)

    answer = read_answer(party.ask(person.browser))

    assert answer["error"] == "invalid_request"
    assert "code" not in answer


def test_a_client_that_must_push_and_does_is_served(person, client):
    party = make_party(requires_pushed_requests=True)
    person.agree(party)

    assert "code" in read_answer(person.browser.get(party.push_address(client)))


def test_the_metadata_says_where_to_push(client):
    configuration = client.get("/.well-known/openid-configuration").json()

    assert (
        configuration["pushed_authorization_request_endpoint"]
        == f"{settings.PUBLIC_URL}/openid/par"
    )
    assert configuration["require_pushed_authorization_requests"] is False
