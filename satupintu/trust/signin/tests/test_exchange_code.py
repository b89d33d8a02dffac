# SPDX-License-Identifier: Apache-2.0
import threading
from datetime import timedelta

import pytest
import time_machine
from django.conf import settings
from django.db import connection
from django.test import Client as Browser
from django.utils import timezone

from satupintu.foundation.audit import queries as audit
from satupintu.trust.signin.models import AccessToken
from satupintu.trust.signin.queries import get_subject

from .parties import make_party, read_answer, read_id_token

pytestmark = pytest.mark.django_db


def get_code(person, party, **changes) -> str:
    person.agree(party)
    return read_answer(party.ask(person.browser, **changes))["code"]


def test_the_agency_learns_who_signed_in_how_and_when(person, party, client):
    code = get_code(person, party)

    response = party.exchange(client, code)

    claims = read_id_token(client, response)
    assert claims["iss"] == settings.PUBLIC_URL
    assert claims["aud"] == party.client.client_id
    assert claims["nonce"] == party.nonce
    assert claims["sub"] == get_subject(
        account_id=person.account.pk, sector=party.client.agency.sector
    )
    assert claims["acr"] == "urn:satupintu:acr:ip0:al2"
    assert set(claims["amr"]) == {"pwd", "otp", "mfa"}
    assert abs(claims["auth_time"] - timezone.now().timestamp()) < 30
    assert claims["exp"] - claims["iat"] == 300
    assert response.headers["Cache-Control"] == "no-store"


def test_safety_01_nothing_but_the_subject_names_the_person(person, party, client):
    person.agree(party, "openid", "profile", "email")
    code = get_code(person, party, scope="openid profile email")

    response = party.exchange(client, code)

    claims = str(read_id_token(client, response))
    assert str(person.account.pk) not in claims
    assert person.account.email not in claims
    assert str(person.session.row.id) not in claims


def test_how_and_when_come_from_this_session_not_from_the_person(make_person, party, client):
    earlier = timezone.now() - timedelta(minutes=40)
    person = make_person(at=earlier)

    claims = read_id_token(client, party.exchange(client, get_code(person, party)))

    assert claims["auth_time"] == int(earlier.timestamp())


def test_a_client_with_a_secret_exchanges_too_and_may_want_rs256(person, client):
    party = make_party(auth="client_secret_basic", id_token_alg="RS256")

    response = party.exchange(client, get_code(person, party))

    assert read_id_token(client, response)["aud"] == party.client.client_id


def test_the_release_is_in_the_persons_access_log(person, party, client):
    party.exchange(client, get_code(person, party))

    line = audit.list_accesses(account_id=person.account.pk)[0]
    assert line.actor_agency == party.client.agency.slug
    assert line.what == "identity_confirmed"
    assert line.words_en == "was told that it is you, when you signed in there"


def test_a_token_is_not_stored_in_clear(person, party, client):
    token = party.exchange(client, get_code(person, party)).json()["access_token"]

    assert token not in str(list(AccessToken.objects.values()))


# --- What is refused ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "changes",
    [
        {"code_verifier": "v" * 43},
        {"code_verifier": None},
        {"code_verifier": "é" * 43},
        {"redirect_uri": "https://tax.nusa.example/other"},
        {"redirect_uri": None},
    ],
    ids=str,
)
def test_a_code_with_something_wrong_beside_it_gives_nothing_and_is_used_up(
    person, party, client, changes
):
    code = get_code(person, party)

    response = party.exchange(client, code, **changes)

    assert response.status_code == 400
    assert response.json()["error"] in {"invalid_grant", "invalid_request"}
    assert party.exchange(client, code).json()["error"] == "invalid_grant"
    assert not AccessToken.objects.exists()


def test_a_code_made_for_another_request_is_refused(person, party, client):
    # Code injection: the thief's browser carries a stolen code into a request of his own.
    stolen = get_code(person, party)

    response = party.exchange(
        client, stolen, code_verifier="a-verifier-of-the-thiefs-own-request-000000"
    )

    assert response.json()["error"] == "invalid_grant"


def test_another_client_cannot_use_a_code_nor_spoil_it(person, party, client):
    code = get_code(person, party)
    thief = make_party()

    refused = thief.exchange(client, code, code_verifier=party.verifier)

    assert refused.json()["error"] == "invalid_grant"
    assert party.exchange(client, code).status_code == 200


def test_a_code_lives_for_a_minute(person, party, client):
    code = get_code(person, party)

    with time_machine.travel(timezone.now() + timedelta(seconds=61), tick=False):
        response = party.exchange(client, code)

    assert response.json()["error"] == "invalid_grant"


def test_a_replayed_code_takes_back_what_it_gave(person, party, client):
    code = get_code(person, party)
    token = party.exchange(client, code).json()["access_token"]
    bearer = {"Authorization": f"Bearer {token}"}
    assert client.get("/openid/userinfo", headers=bearer).status_code == 200

    replayed = party.exchange(client, code)

    assert replayed.json()["error"] == "invalid_grant"
    assert client.get("/openid/userinfo", headers=bearer).status_code == 401


@pytest.mark.parametrize("code", [None, "", "no-such-code", "\0", "é" * 600])
def test_a_code_that_never_was_is_refused(party, client, code):
    response = party.exchange(client, code)

    assert response.status_code == 400
    assert response.json()["error"] in {"invalid_grant", "invalid_request"}


@pytest.mark.parametrize("grant_type", [None, "password", "implicit", 'x"é'])
def test_other_grants_are_not_offered(party, client, grant_type):
    form = {} if grant_type is None else {"grant_type": grant_type}

    response = party.post_token(client, form)

    assert response.status_code == 400
    assert response.json()["error"] == "unsupported_grant_type"


def test_a_get_of_the_token_endpoint_is_not_allowed(client):
    assert client.get("/openid/token").status_code == 405


# --- Two at once ------------------------------------------------------------------------------------


@pytest.mark.django_db(transaction=True)
def test_of_two_exchanges_at_once_one_succeeds_and_what_it_gave_is_taken_back(make_person):
    party = make_party()
    code = get_code(make_person(), party)
    proofs = [party.proof() for _ in range(4)]
    Browser().get("/.well-known/jwks.json")
    gate = threading.Barrier(len(proofs))
    statuses = []

    def exchange(proof):
        gate.wait()
        statuses.append(party.exchange(Browser(), code, proof=proof).status_code)
        connection.close()

    threads = [threading.Thread(target=exchange, args=[proof]) for proof in proofs]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(statuses) == [200, 400, 400, 400]
    assert AccessToken.objects.get().revoked_at is not None
