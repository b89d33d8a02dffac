# SPDX-License-Identifier: Apache-2.0
"""RFC 6749, section 6; RFC 9700, section 4.14; RFC 9449, section 5; FAPI 2.0 on refresh tokens."""

import hashlib
import threading
from datetime import timedelta

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from satupintu.foundation.audit import queries as audit
from satupintu.trust.signin import actions
from satupintu.trust.signin.models import AccessToken, RefreshFamily

from .parties import make_party
from .refreshing import (
    ask_userinfo,
    get_code,
    introspect,
    make_refresher,
    prove,
    refresh,
    refuse,
    sign_in,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def party(db):
    return make_refresher()


# --- What a refresh gives -----------------------------------------------------------------------------


def test_a_refresh_token_gives_an_access_token_and_the_next_refresh_token(person, party):
    first = sign_in(person, party)

    response = refresh(party, first["refresh_token"])

    second = response.json()
    assert response.status_code == 200
    assert response.headers["Cache-Control"] == "no-store"
    assert second["token_type"] == "Bearer"
    assert second["scope"] == "openid profile email"
    assert second["expires_in"] == 600
    assert second["access_token"] != first["access_token"]
    assert second["refresh_token"] != first["refresh_token"]
    assert ask_userinfo(second["access_token"]) == 200
    assert refresh(party, second["refresh_token"]).status_code == 200


def test_a_client_that_is_not_registered_for_it_gets_none_and_refreshes_nothing(person, party):
    other = make_party()
    assert "refresh_token" not in sign_in(person, other)

    token = sign_in(person, party)["refresh_token"]

    refuse(refresh(other, token), "unauthorized_client")


def test_a_token_is_opaque_and_kept_as_a_hash_alone(person, party):
    token = sign_in(person, party)["refresh_token"]

    kept = str(list(RefreshFamily.objects.values()))
    halves = token.split(".")
    assert [len(half) for half in halves] == [43, 43]
    assert not any(half in kept for half in halves)
    assert RefreshFamily.objects.get().token_hash == hashlib.sha256(token.encode()).hexdigest()


def test_no_refresh_is_a_sign_in(person, party):
    with time_machine.travel(timezone.now() - timedelta(minutes=30), tick=False):
        token = sign_in(person, party)["refresh_token"]
        before = introspect(party, token)

    answer = refresh(party, token).json()

    after = introspect(party, answer["refresh_token"])
    for claim in ("sub", "acr", "amr", "auth_time", "scope", "client_id", "iss", "exp"):
        assert after[claim] == before[claim]
    of_access = introspect(party, answer["access_token"])
    for claim in ("sub", "acr", "amr", "auth_time"):
        assert of_access[claim] == before[claim]


def test_nothing_is_told_by_a_refresh_so_there_is_no_id_token_and_no_line_in_the_log(person, party):
    token = sign_in(person, party)["refresh_token"]
    lines = len(audit.list_accesses(account_id=person.account.pk))

    answer = refresh(party, token).json()

    assert "id_token" not in answer
    assert len(audit.list_accesses(account_id=person.account.pk)) == lines
    ask_userinfo(answer["access_token"])
    assert len(audit.list_accesses(account_id=person.account.pk)) == lines + 1


def test_a_refresh_costs_seven_statements(person, party, settings):
    settings.SNAPSHOT_SECONDS = 30
    token = sign_in(person, party)["refresh_token"]
    token = refresh(party, token).json()["refresh_token"]

    with CaptureQueriesContext(connection) as captured:
        assert refresh(party, token).status_code == 200

    # Assertion, family, consent, account with session, identity, link (nobody is here whose account
    # brings it along, and a stopped link must refresh nothing), and the exchange itself.
    assert len([query for query in captured if "SAVEPOINT" not in query["sql"]]) == 7


# --- A token is used once -----------------------------------------------------------------------------


def test_a_reused_token_ends_its_family_and_every_access_token_of_the_sign_in(person, party):
    first = sign_in(person, party)
    second = refresh(party, first["refresh_token"]).json()

    refuse(refresh(party, first["refresh_token"]))

    refuse(refresh(party, second["refresh_token"]))
    assert ask_userinfo(first["access_token"]) == 401
    assert ask_userinfo(second["access_token"]) == 401


def test_a_token_of_long_ago_is_recognised_as_well(person, party):
    first = token = sign_in(person, party)["refresh_token"]
    for _ in range(5):
        token = refresh(party, token).json()["refresh_token"]

    refuse(refresh(party, first))

    refuse(refresh(party, token))
    assert RefreshFamily.objects.count() == 1


def test_an_honest_retry_after_a_lost_answer_ends_the_family_too(person, party):
    """Nobody can tell it from a thief's. The agency sends the person by once; she sees nothing of
    it while her session runs."""
    lost = sign_in(person, party)["refresh_token"]
    assert refresh(party, lost).status_code == 200

    refuse(refresh(party, lost))

    assert refresh(party, sign_in(person, party)["refresh_token"]).status_code == 200


def test_another_sign_in_of_hers_lives_on(person, party):
    one, other = sign_in(person, party), sign_in(person, party)
    refresh(party, one["refresh_token"])

    refuse(refresh(party, one["refresh_token"]))

    assert refresh(party, other["refresh_token"]).status_code == 200
    assert ask_userinfo(other["access_token"]) == 200


def test_a_replayed_code_takes_the_refresh_token_back(person, party, client):
    person.agree(party)
    code = get_code(person, party)
    token = party.exchange(client, code).json()["refresh_token"]

    refuse(party.exchange(client, code))

    refuse(refresh(party, token))


@pytest.mark.django_db(transaction=True)
def test_of_many_that_use_one_token_at_once_one_is_served_and_then_all_is_over(make_person):
    person, party = make_person(), make_refresher()
    answer = sign_in(person, party)
    token, gate, responses = answer["refresh_token"], threading.Barrier(6), []

    def use():
        gate.wait(30)
        try:
            responses.append(refresh(party, token))
        finally:
            connection.close()

    threads = [threading.Thread(target=use) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(response.status_code for response in responses) == [200, 400, 400, 400, 400, 400]
    [served] = [response.json() for response in responses if response.status_code == 200]
    refuse(refresh(party, served["refresh_token"]))
    assert ask_userinfo(served["access_token"]) == 401
    assert ask_userinfo(answer["access_token"]) == 401
    assert not AccessToken.objects.filter(revoked_at=None).exists()


@pytest.mark.django_db(transaction=True)
def test_what_ends_while_a_refresh_runs_takes_its_token_with_it(make_person, monkeypatch):
    """The refresh looked at everything, and stands before its one statement, when she ends her
    permission; its clock is the earlier one."""
    person, party = make_person(), make_refresher()
    token = sign_in(person, party)["refresh_token"]
    renew = actions.renew

    def end_meanwhile(**known):
        actions.revoke_sign_ins(
            account_id=person.account.pk,
            agency_slug=party.client.agency.slug,
            at=known["at"] + timedelta(seconds=5),
        )
        return renew(**known)

    monkeypatch.setattr(actions, "renew", end_meanwhile)

    refuse(refresh(party, token))

    assert not AccessToken.objects.filter(revoked_at=None).exists()


def test_a_code_that_ended_gives_nothing_to_an_exchange_with_an_earlier_clock(
    person, party, client
):
    person.agree(party)
    code = get_code(person, party)
    later = timezone.now() + timedelta(seconds=5)

    actions.revoke_sign_ins(account_id=person.account.pk, agency_slug=None, at=later)

    refuse(party.exchange(client, code))


# --- Whose it is --------------------------------------------------------------------------------------


def test_another_client_cannot_use_it_and_leaves_it_as_it_was(person, party):
    token = sign_in(person, party)["refresh_token"]
    thieves = (make_refresher(), make_refresher(agency=party.client.agency))

    for thief in thieves:
        refuse(refresh(thief, token))

    assert refresh(party, token).status_code == 200


@pytest.mark.parametrize("proof", ["nothing", "another client's"])
def test_without_its_clients_own_proof_it_is_worth_nothing(person, party, proof):
    token = sign_in(person, party)["refresh_token"]
    stranger = {} if proof == "nothing" else prove(make_refresher())

    response = refresh(party, token, proof=stranger, client_id=party.client.client_id)

    assert response.json()["error"] == "invalid_client"
    assert refresh(party, token).status_code == 200


def test_a_client_with_a_secret_refreshes_by_it(person):
    party = make_refresher(auth="client_secret_basic")
    token = sign_in(person, party)["refresh_token"]

    assert refresh(party, token).status_code == 200


@given(st.text(alphabet=st.characters(min_codepoint=1, exclude_categories=["Cs"]), max_size=120))
@hypothesis_settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_no_garbage_for_a_token_breaks_the_endpoint(party, text):
    assert refresh(party, text).json()["error"] in {"invalid_grant", "invalid_request"}


@pytest.mark.parametrize("token", [None, "x" * 201])
def test_a_request_without_a_token_or_with_a_giant_is_malformed(party, token):
    refuse(refresh(party, token), "invalid_request")
