# SPDX-License-Identifier: Apache-2.0
"""RFC 7662: an agency asks about its own tokens; nobody learns anything about others'."""

from datetime import timedelta

import pytest
import time_machine
from django.conf import settings
from django.test import Client as Browser
from django.urls import reverse
from django.utils import timezone
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from satupintu.foundation.audit import queries as audit
from satupintu.trust.agencies import actions as agency_actions
from satupintu.trust.agencies.tests.factories import AgencyFactory
from satupintu.trust.consent.models import Consent
from satupintu.trust.signin import queries

from .parties import make_party
from .refreshing import (
    call,
    go_offline,
    introspect,
    make_key,
    make_refresher,
    prove,
    refresh,
    sign_in,
)

pytestmark = pytest.mark.django_db
INTROSPECT = "/openid/introspect"
KINDS = pytest.mark.parametrize("kind", ["access_token", "refresh_token"])


@pytest.fixture
def party(db):
    return make_refresher()


def test_the_agency_learns_what_its_access_token_is_good_for(person, party):
    answer = sign_in(person, party)

    response = call(INTROSPECT, party, answer["access_token"])

    told = response.json()
    assert response.headers["Cache-Control"] == "no-store"
    assert response.headers["Content-Type"] == "application/json"
    now = int(timezone.now().timestamp())
    assert abs(told.pop("iat") - now) < 60
    assert abs(told.pop("exp") - now - 600) < 60
    assert abs(told.pop("auth_time") - now) < 60
    assert told == {
        "active": True,
        "iss": settings.PUBLIC_URL,
        "aud": settings.PUBLIC_URL,
        "client_id": party.client.client_id,
        "scope": "openid profile email",
        "token_type": "Bearer",
        "sub": queries.get_subject(account_id=person.account.pk, sector=party.client.agency.sector),
        "acr": "urn:satupintu:acr:ip0:al2",
        "amr": told["amr"],
    }
    assert told["amr"]


def test_a_refresh_token_is_told_about_without_a_kind(person, party):
    told = introspect(party, go_offline(person, party)["refresh_token"])

    assert told["active"]
    assert told["scope"] == "openid profile email offline_access"
    assert not {"token_type", "aud", "cnf"} & set(told)


def test_the_key_that_a_token_needs_is_named(person, party):
    key = make_key()
    token = sign_in(person, party, key=key)["access_token"]

    told = introspect(party, token)

    assert told["token_type"] == "DPoP"
    assert told["cnf"] == {"jkt": key.thumbprint()}


def test_a_clients_own_token_speaks_for_no_person(party, client):
    form = {"grant_type": "client_credentials", "scope": "messages:send"}
    token = party.post_token(client, form).json()["access_token"]

    told = introspect(party, token)

    assert told["active"]
    assert told["scope"] == "messages:send"
    assert not {"sub", "acr", "auth_time"} & set(told)


# --- Nothing about anybody else -----------------------------------------------------------------------


@KINDS
def test_safety_01_no_answer_lets_two_agencies_compare_a_person(person, party, kind):
    other = make_refresher()
    answers = [introspect(one, sign_in(person, one)[kind]) for one in (party, other)]

    assert answers[0]["sub"] != answers[1]["sub"]
    said = str(answers)
    for secret in (person.account.email, person.account.full_name, str(person.account.pk)):
        assert secret not in said
    assert str(person.session.row.id) not in said


@KINDS
def test_safety_01_another_agency_learns_nothing_of_a_token_that_it_found(person, party, kind):
    token = sign_in(person, party)[kind]
    stranger = make_refresher()

    found = call(INTROSPECT, stranger, token)
    made_up = call(INTROSPECT, stranger, "x" * len(token))

    assert found.json() == {"active": False}
    assert found.content == made_up.content
    assert dict(found.headers) == dict(made_up.headers)
    assert introspect(party, token)["active"]


@KINDS
def test_not_even_of_its_own_sector(person, party, kind):
    agency = AgencyFactory(sector=party.client.agency.sector)

    assert introspect(make_refresher(agency=agency), sign_in(person, party)[kind]) == {
        "active": False
    }


@KINDS
def test_another_program_of_the_same_agency_may_ask(person, party, kind):
    told = introspect(make_party(agency=party.client.agency), sign_in(person, party)[kind])

    assert told["active"]
    assert told["client_id"] == party.client.client_id


def test_who_does_not_prove_itself_is_told_nothing(person, party):
    token = sign_in(person, party)["access_token"]

    response = call(INTROSPECT, party, token, proof={}, client_id=party.client.client_id)

    assert response.json()["error"] == "invalid_client"
    assert "active" not in response.json()


def test_a_token_proves_no_client(person, party):
    token = sign_in(person, party)["access_token"]
    headers = {"Authorization": f"Bearer {token}"}

    response = Browser().post(INTROSPECT, {"token": token}, headers=headers)

    assert response.json()["error"] == "invalid_client"


def test_a_secret_proves_a_client_here_too(person):
    party = make_refresher(auth="client_secret_basic")

    assert introspect(party, sign_in(person, party)["access_token"])["active"]


# --- Not good any more --------------------------------------------------------------------------------


def sign_out(person, party) -> None:
    person.browser.post(reverse("account_logout"))


def take_back(person, party) -> None:
    row = Consent.objects.get(attribute="identity_confirmed", withdrawn_at=None)
    person.browser.post(reverse("consent:withdraw", args=[row.id]))


def run_out(person, party) -> None:
    Consent.objects.update(ends_at=timezone.now())


@KINDS
@pytest.mark.parametrize("end", [sign_out, take_back, run_out])
def test_what_would_not_be_accepted_is_not_active(person, party, kind, end):
    token = sign_in(person, party)[kind]

    end(person, party)

    assert introspect(party, token) == {"active": False}


@KINDS
def test_an_expired_token_is_not_active(person, party, kind):
    token = sign_in(person, party)[kind]

    with time_machine.travel(timezone.now() + timedelta(days=2), tick=False):
        assert introspect(party, token) == {"active": False}


def test_a_used_refresh_token_is_not_active_and_to_ask_ends_nothing(person, party):
    used = sign_in(person, party)["refresh_token"]
    good = refresh(party, used).json()["refresh_token"]

    assert introspect(party, used) == {"active": False}

    assert introspect(party, good)["active"]
    assert refresh(party, good).status_code == 200


@KINDS
def test_safety_24_the_token_of_a_suspended_client_is_not_active(person, party, kind):
    token = sign_in(person, party)[kind]
    colleague = make_party(agency=party.client.agency)

    agency_actions.suspend_client(client_id=party.client.client_id, at=timezone.now())

    assert introspect(colleague, token) == {"active": False}
    assert call(INTROSPECT, party, token).json()["error"] == "invalid_client"


# --- The request --------------------------------------------------------------------------------------


@pytest.mark.parametrize("hint", ["access_token", "refresh_token", "cheese"])
def test_a_hint_may_be_wrong_or_made_up(person, party, hint):
    for token in (sign_in(person, party)[kind] for kind in ("access_token", "refresh_token")):
        assert introspect(party, token, token_type_hint=hint)["active"]


@pytest.mark.parametrize("token", [None, "", "x" * 201, "a\0b"])
def test_a_request_without_a_token_is_malformed(party, token):
    assert call(INTROSPECT, party, token).json()["error"] == "invalid_request"


def test_a_parameter_given_twice_is_refused(party):
    form = {"token": ["one", "two"]} | prove(party)["form"]

    assert Browser().post(INTROSPECT, form).json()["error"] == "invalid_request"


def test_only_post_introspects(client):
    assert client.get(INTROSPECT).status_code == 405


def test_asking_uses_nothing_up_and_writes_no_line(person, party):
    token = sign_in(person, party)["refresh_token"]
    lines = len(audit.list_accesses(account_id=person.account.pk))

    assert introspect(party, token) == introspect(party, token)

    assert len(audit.list_accesses(account_id=person.account.pk)) == lines


def test_the_metadata_says_where_to_ask_and_how_to_prove_oneself(client):
    found = client.get("/.well-known/openid-configuration").json()

    assert found["introspection_endpoint"] == settings.PUBLIC_URL + INTROSPECT
    for kind in ("methods", "signing_alg_values"):
        of_token = found[f"token_endpoint_auth_{kind}_supported"]
        assert found[f"introspection_endpoint_auth_{kind}_supported"] == of_token
    assert "refresh_token" in found["grant_types_supported"]
    assert "offline_access" in found["scopes_supported"]


@given(st.text(alphabet=st.characters(min_codepoint=1, exclude_categories=["Cs"]), max_size=120))
@hypothesis_settings(max_examples=30, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_no_garbage_breaks_the_endpoint(party, text):
    assert call(INTROSPECT, party, text).status_code in {200, 400}
