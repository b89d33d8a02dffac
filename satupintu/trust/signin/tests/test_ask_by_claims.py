# SPDX-License-Identifier: Apache-2.0
"""The `claims` parameter: asked for by name, released by consent only (OIDC Core, 5.5)."""

import json
import re

import pytest
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from satupintu.foundation.audit import queries as audit
from satupintu.trust.accounts.models import Account
from satupintu.trust.consent.actions import withdraw_consent
from satupintu.trust.consent.models import Consent
from satupintu.trust.signin.models import AuthorizationCode
from satupintu.trust.signin.requested_claims import read_requested_claims
from satupintu.trust.signin.rules import BadRequest

from .parties import make_party, read_answer, read_id_token, read_page_sent_to

ESSENTIAL = {"essential": True}
ALL_SCOPES = ("openid", "profile", "email")


def ask(person, party, *, id_token=None, userinfo=None, **changes):
    asked = {"id_token": id_token, "userinfo": userinfo}
    claims = json.dumps({place: members for place, members in asked.items() if members})
    return party.ask(person.browser, claims=claims, **changes)


def decide(browser, page, **form):
    action = re.search(r'action="(/openid/decide[^"]*)"', page.content.decode())[1]
    return browser.post(action.replace("&amp;", "&"), form)


def exchange(person, party, response):
    return party.exchange(person.browser, read_answer(response)["code"])


def tell(browser, answer) -> dict:
    token = answer.json()["access_token"]
    return browser.get("/openid/userinfo", headers={"Authorization": f"Bearer {token}"}).json()


@pytest.mark.django_db
def test_a_claim_asked_of_userinfo_is_told_there_and_nowhere_else(person, party):
    person.agree(party, *ALL_SCOPES)

    answer = exchange(person, party, ask(person, party, userinfo={"email": ESSENTIAL}))

    told = tell(person.browser, answer)
    assert set(told) == {"sub", "email"}
    assert told["email"] == person.account.email
    assert "email" not in read_id_token(person.browser, answer)


@pytest.mark.django_db
def test_a_claim_asked_of_the_id_token_stands_in_it_and_in_the_access_log(person, party):
    person.agree(party, *ALL_SCOPES)

    answer = exchange(person, party, ask(person, party, id_token={"name": ESSENTIAL}))

    claims = read_id_token(person.browser, answer)
    assert claims["name"] == person.account.full_name
    assert "email" not in claims
    assert set(tell(person.browser, answer)) == {"sub"}
    lines = audit.list_accesses(account_id=person.account.pk)
    assert [line.what for line in lines] == ["identity_confirmed", "full_name, identity_confirmed"]


@pytest.mark.django_db
def test_an_essential_claim_is_asked_of_the_person_before_anything_is_released(person, party):
    person.agree(party)

    page = ask(person, party, userinfo={"email": ESSENTIAL})

    assert page.status_code == 200
    assert person.account.email in page.content.decode()
    assert not AuthorizationCode.objects.exists()
    answer = exchange(person, party, decide(person.browser, page, decision="agree"))
    assert tell(person.browser, answer)["email"] == person.account.email


@pytest.mark.django_db
def test_a_voluntary_claim_stops_nobody_and_is_left_out(person, party):
    person.agree(party)

    answer = exchange(person, party, ask(person, party, userinfo={"email": None}))

    assert set(tell(person.browser, answer)) == {"sub"}


@pytest.mark.django_db
@pytest.mark.parametrize(("ticked", "told"), [([], {"sub"}), (["email"], {"sub", "email"})])
def test_the_person_decides_whether_a_voluntary_claim_is_told(person, party, ticked, told):
    page = ask(person, party, userinfo={"email": None})
    html = page.content.decode()
    assert 'name="also"' in html
    assert "checked" not in html

    response = decide(person.browser, page, decision="agree", also=ticked)

    assert set(tell(person.browser, exchange(person, party, response))) == told


@pytest.mark.django_db
def test_nothing_can_be_agreed_to_that_was_not_offered(person, party):
    page = ask(person, party, userinfo={"email": None})

    decide(person.browser, page, decision="agree", also=["full_name", "nonsense"])

    attributes = Consent.objects.filter(account_id=person.account.pk).values_list("attribute")
    assert set(attributes) == {("identity_confirmed",)}


@pytest.mark.django_db
def test_a_claim_that_the_client_is_not_registered_for_is_never_asked_or_told(person):
    party = make_party(scopes=["openid"])

    page = ask(person, party, userinfo={"email": ESSENTIAL}, id_token={"name": ESSENTIAL})

    html = page.content.decode()
    assert person.account.full_name not in html
    assert 'name="also"' not in html
    answer = exchange(person, party, decide(person.browser, page, decision="agree"))
    assert set(tell(person.browser, answer)) == {"sub"}
    assert "name" not in read_id_token(person.browser, answer)


@pytest.mark.django_db
def test_a_claim_that_nobody_here_knows_is_no_error(person, party):
    person.agree(party)
    asked = {"phone_number": ESSENTIAL, "https://example.org/shoe_size": None}

    answer = exchange(person, party, ask(person, party, userinfo=asked, id_token=asked))

    assert set(tell(person.browser, answer)) == {"sub"}


@pytest.mark.django_db
def test_an_essential_claim_that_a_person_does_not_have_is_no_error(person, party):
    Account.objects.update(full_name="")
    person.agree(party, *ALL_SCOPES)

    answer = exchange(person, party, ask(person, party, id_token={"name": ESSENTIAL}))

    assert "name" not in read_id_token(person.browser, answer)
    assert audit.list_accesses(account_id=person.account.pk)[0].what == "identity_confirmed"


@pytest.mark.django_db
def test_an_id_token_tells_only_what_is_agreed_to_at_that_moment(person, party):
    person.agree(party, *ALL_SCOPES)
    response = ask(person, party, id_token={"name": ESSENTIAL, "email": ESSENTIAL})
    Consent.objects.filter(attribute="email").update(withdrawn_at=timezone.now())

    claims = read_id_token(person.browser, exchange(person, party, response))

    assert "name" in claims
    assert "email" not in claims


@pytest.mark.django_db
def test_who_took_her_consent_back_is_told_about_to_nobody(person, party):
    person.agree(party, *ALL_SCOPES)
    response = ask(person, party, id_token={"name": ESSENTIAL})
    agency = party.client.agency.slug
    withdraw_consent(account_id=person.account.pk, agency_slug=agency, at=timezone.now())

    answer = exchange(person, party, response)

    assert answer.status_code == 400
    assert answer.json()["error"] == "invalid_grant"
    assert not audit.list_accesses(account_id=person.account.pk)


# --- acr as an essential claim: reached, or refused (section 5.5.1.1) ------------------------------


@pytest.mark.django_db
@pytest.mark.parametrize("members", [{"value": "phr"}, {"values": ["phr", "phrh"]}], ids=str)
def test_a_level_that_nobody_can_reach_is_a_failed_authentication(person, party, members):
    person.agree(party)

    response = ask(person, party, id_token={"acr": ESSENTIAL | members})

    assert read_answer(response)["error"] == "unmet_authentication_requirements"


@pytest.mark.django_db
def test_a_level_that_is_asked_for_as_a_claim_is_reached(person, party):
    person.agree(party)
    level = "urn:satupintu:acr:ip0:al2"

    response = ask(person, party, id_token={"acr": ESSENTIAL | {"value": level}})

    assert read_id_token(person.browser, exchange(person, party, response))["acr"] == level


@pytest.mark.django_db
def test_safety_02_a_claim_cannot_ask_for_less_than_the_rulebook_wants(make_person, party):
    person = make_person(level=1)
    person.agree(party)

    response = ask(person, party, id_token={"acr": {"value": "urn:satupintu:acr:ip0:al1"}})

    assert read_page_sent_to(response)[0] == "/account/confirm/"


# --- What is no claims parameter -------------------------------------------------------------------


@pytest.mark.parametrize(
    "text",
    [
        "[]",
        "7",
        "null",
        "{",
        '{"userinfo": []}',
        '{"userinfo": {"email": true}}',
        '{"id_token": {"acr": {"values": "one"}}}',
        '{"id_token": {"acr": {"value": 7}}}',
        '{"id_token": {"sub": {"values": ["a", "b"]}}}',
        '{"a":' * 700 + "1" + "}" * 700,
        " " * 5000,
    ],
    ids=lambda text: text[:30],
)
def test_what_section_5_5_does_not_describe_is_refused(text):
    with pytest.raises(BadRequest):
        read_requested_claims(text, registered_scopes=ALL_SCOPES)


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["essential", "value", "values", "x"]), inner, max_size=3)
    ),
    max_leaves=6,
)
names = st.sampled_from(["email", "name", "sub", "acr", "other"])
places = st.sampled_from(["userinfo", "id_token", "elsewhere"])


@given(st.dictionaries(places, st.dictionaries(names, json_values, max_size=4) | json_values))
def test_any_json_is_refused_or_asks_for_no_more_than_is_registered(asked):
    try:
        read = read_requested_claims(json.dumps(asked), registered_scopes=["openid", "email"])
    except BadRequest:
        return

    assert read.attributes <= {"email"}
    assert read.essential <= read.attributes


@pytest.mark.django_db
def test_a_tick_stays_when_the_language_is_changed_and_nothing_is_agreed_to(person, party):
    page = ask(person, party, userinfo={"email": None})
    button = re.search(r'formaction="([^"]*)"', page.content.decode())[1].replace("&amp;", "&")

    answer = person.browser.post(button, {"also": "email", "lang": "en"})

    html = answer.content.decode()
    assert answer.status_code == 200
    assert '<html lang="en">' in html
    assert re.search(r'name="also"[^>]*value="email"[^>]*checked', html)
    assert not AuthorizationCode.objects.exists()
