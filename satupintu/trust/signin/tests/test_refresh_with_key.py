# SPDX-License-Identifier: Apache-2.0
"""Refresh tokens and keys: RFC 9449, section 5, and clients of the FAPI 2.0 Security Profile."""

import threading

import pytest
from django.db import connection

from .refreshing import ask_userinfo, introspect, make_key, make_refresher, refresh, refuse, sign_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def party(db):
    return make_refresher()


def test_a_refresh_with_a_key_gives_a_token_that_is_bound_to_it(person, party):
    key = make_key()
    token = sign_in(person, party, key=key)["refresh_token"]

    answer = refresh(party, token, key=key).json()

    assert answer["token_type"] == "DPoP"
    assert introspect(party, answer["access_token"])["cnf"] == {"jkt": key.thumbprint()}
    assert ask_userinfo(answer["access_token"]) == 401


def test_who_began_with_a_key_gets_no_token_without_one(person, party):
    key = make_key()
    token = sign_in(person, party, key=key)["refresh_token"]

    refuse(refresh(party, token), "invalid_dpop_proof")

    assert refresh(party, token, key=key).status_code == 200


def test_a_client_may_change_its_key_and_a_thief_with_a_key_lacks_the_clients_proof(person, party):
    """Every client proves itself, so its refresh tokens are bound to it and not to the key."""
    token = sign_in(person, party, key=make_key())["refresh_token"]
    thief, key = make_refresher(), make_key()

    refuse(refresh(thief, token, key=thief.key))
    new = refresh(party, token, key=key).json()

    assert introspect(party, new["access_token"])["cnf"] == {"jkt": key.thumbprint()}


# --- FAPI 2.0 -----------------------------------------------------------------------------------------


@pytest.fixture
def fapi2(db):
    return make_refresher(profile="fapi2")


def test_a_client_of_fapi2_keeps_its_refresh_token(person, fapi2):
    token = sign_in(person, fapi2, key=fapi2.key)["refresh_token"]

    answers = [refresh(fapi2, token, key=fapi2.key) for _ in range(3)]

    assert [answer.status_code for answer in answers] == [200, 200, 200]
    assert not any("refresh_token" in answer.json() for answer in answers)
    assert {answer.json()["token_type"] for answer in answers} == {"DPoP"}


def test_a_client_of_fapi2_refreshes_with_a_key_alone(person, fapi2):
    token = sign_in(person, fapi2, key=fapi2.key)["refresh_token"]

    refuse(refresh(fapi2, token), "invalid_dpop_proof")


@pytest.mark.django_db(transaction=True)
def test_two_servers_of_a_client_of_fapi2_may_refresh_at_once(make_person):
    person, party = make_person(), make_refresher(profile="fapi2")
    token = sign_in(person, party, key=party.key)["refresh_token"]
    gate, statuses = threading.Barrier(4), []

    def use():
        gate.wait(30)
        try:
            statuses.append(refresh(party, token, key=party.key).status_code)
        finally:
            connection.close()

    threads = [threading.Thread(target=use) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert statuses == [200] * 4
