# SPDX-License-Identifier: Apache-2.0
"""private_key_jwt and client_secret_basic, tried with a client's own token."""

import base64
import hmac
import json
import threading
import time

import pytest
from django.conf import settings
from django.db import connection
from django.test import Client as Browser
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from joserfc import jwk

from satupintu.trust.signin import queries
from satupintu.trust.signin.rules import PERSON_SCOPES

from .parties import ASSERTION_TYPE, SECRET, make_party

pytestmark = pytest.mark.django_db
FORM = {"grant_type": "client_credentials", "scope": "messages:send"}


def refuse(response) -> str:
    """The description of a refusal of the client itself."""
    assert response.status_code in {400, 401}, response.content
    answer = response.json()
    assert answer["error"] == "invalid_client"
    return answer.get("error_description", "")


def test_a_client_gets_a_token_of_its_own_for_the_agency_api(party, client):
    answer = party.post_token(client, FORM).json()

    assert answer["token_type"] == "Bearer"
    assert answer["expires_in"] == 600
    assert answer["scope"] == "messages:send"
    assert "id_token" not in answer
    bearer = queries.authenticate_bearer(
        token=answer["access_token"], scope="messages:send", at=party.client.registered_at
    )
    assert bearer.client_id == party.client.client_id


@pytest.mark.parametrize("audience", ["", "/openid/token"])
def test_an_assertion_is_for_the_issuer_or_for_the_token_endpoint(party, client, audience):
    proof = party.proof(aud=settings.PUBLIC_URL + audience)

    assert party.post_token(client, FORM, proof=proof).status_code == 200


@pytest.mark.parametrize(
    "audience",
    [
        "https://other.example/token",
        settings.PUBLIC_URL + "/",
        [settings.PUBLIC_URL, "https://other.example"],
        [],
        [[]],
        None,
        7,
    ],
    ids=str,
)
def test_an_assertion_for_somebody_else_is_refused(party, client, audience):
    proof = party.proof(aud=audience)

    assert "aud" in refuse(party.post_token(client, FORM, proof=proof))


def test_a_replayed_assertion_is_refused_and_said(party, client):
    proof = party.proof()
    assert party.post_token(client, FORM, proof=proof).status_code == 200

    replayed = party.post_token(client, FORM, proof=proof)

    assert "used before" in refuse(replayed)


@pytest.mark.parametrize("skew", [-30, 30])
def test_a_clock_that_is_thirty_seconds_off_is_accepted(party, client, skew):
    now = int(time.time()) + skew
    proof = party.proof(iat=now, nbf=now, exp=now + 60)

    assert party.post_token(client, FORM, proof=proof).status_code == 200


@pytest.mark.parametrize("skew", [-600, 600])
@pytest.mark.parametrize("lifetime", [60, 3000])
def test_a_clock_that_is_ten_minutes_off_is_refused_and_said(party, client, skew, lifetime):
    now = int(time.time()) + skew
    proof = party.proof(iat=now, exp=now + lifetime)

    assert "clock" in refuse(party.post_token(client, FORM, proof=proof))


@pytest.mark.parametrize(
    "claims",
    [
        {"exp": None},
        {"exp": "tomorrow"},
        {"exp": True},
        {"exp": 1e300},
        {"iat": "now"},
        {"nbf": []},
        {"jti": None},
        {"jti": ""},
        {"jti": 7},
        {"jti": "j" * 257},
        {"jti": "j\0"},
        {"jti": "j\n"},
        {"jti": "\ud800"},
        {"jti": "é"},
        {"iss": "somebody-else"},
        {"iss": None},
        {"sub": None},
        {"sub": 7},
        {"sub": "nobody"},
        {"sub": "nob\0dy"},
        {"sub": "\ud800"},
    ],
    ids=str,
)
def test_an_assertion_that_lacks_something_is_refused(party, client, claims):
    refuse(party.post_token(client, FORM, proof=party.proof(**claims)))


def test_an_assertion_signed_with_a_strangers_key_is_refused(party, client):
    stranger = jwk.ECKey.generate_key("P-256", auto_kid=True)
    proof = party.proof(key=stranger, header={"kid": stranger.kid})

    assert "not signed" in refuse(party.post_token(client, FORM, proof=proof))


def encode(part: bytes) -> str:
    return base64.urlsafe_b64encode(part).rstrip(b"=").decode()


def test_an_assertion_signed_with_the_public_key_as_a_secret_is_refused(party, client):
    head = encode(json.dumps({"alg": "HS256", "kid": party.key.kid}).encode())
    signed = f"{head}.{encode(json.dumps(party.claims()).encode())}"
    mac = hmac.digest(party.key.as_pem(private=False), signed.encode(), "sha256")
    proof = {
        "form": {
            "client_assertion_type": ASSERTION_TYPE,
            "client_assertion": f"{signed}.{encode(mac)}",
        }
    }

    assert "not signed" in refuse(party.post_token(client, FORM, proof=proof))


def test_an_unsigned_assertion_is_refused(party, client):
    head = encode(b'{"alg":"none"}')
    body = party.assertion().split(".")[1]
    proof = {
        "form": {"client_assertion_type": ASSERTION_TYPE, "client_assertion": f"{head}.{body}."}
    }

    refuse(party.post_token(client, FORM, proof=proof))


def test_an_assertion_of_one_client_does_not_prove_another(party, client):
    other = make_party()
    form = FORM | {"client_id": other.client.client_id}

    assert "client_id" in refuse(party.post_token(client, form))


def test_a_client_with_keys_cannot_come_with_a_secret(party, client):
    pair = base64.b64encode(f"{party.client.client_id}:".encode()).decode()
    proof = {"headers": {"Authorization": f"Basic {pair}"}}

    refuse(party.post_token(client, FORM, proof=proof))


def test_a_client_with_a_secret_gets_a_token(client):
    party = make_party(auth="client_secret_basic")

    assert party.post_token(client, FORM).status_code == 200


@pytest.mark.parametrize(
    "proof",
    [
        {},
        {"form": {"client_id": "x", "client_secret": SECRET}},
        {"headers": {"Authorization": "Basic"}},
        {"headers": {"Authorization": "Basic !!!"}},
        {"headers": {"Authorization": "Basic " + base64.b64encode(b"\xff:\xff").decode()}},
        {"headers": {"Authorization": "Basic " + base64.b64encode(b"nobody:x").decode()}},
        {"form": {"client_assertion": "x", "client_assertion_type": "other"}},
        {"form": {"client_assertion": "x", "client_assertion_type": ASSERTION_TYPE}},
        {"form": {"client_assertion": "é.é.é", "client_assertion_type": ASSERTION_TYPE}},
    ],
    ids=str,
)
def test_who_proves_nothing_gets_nothing(party, client, proof):
    refuse(party.post_token(client, FORM, proof=proof))


def test_a_wrong_secret_is_refused_as_rfc_6749_says(client):
    party = make_party(auth="client_secret_basic")
    pair = base64.b64encode(f"{party.client.client_id}:guess".encode()).decode()

    response = party.post_token(client, FORM, proof={"headers": {"Authorization": f"Basic {pair}"}})

    assert response.status_code == 401
    assert response.headers["WWW-Authenticate"].startswith("Basic")


@pytest.mark.parametrize("scope", [*PERSON_SCOPES, "messages:send other", "other", ""])
def test_a_clients_own_token_carries_only_scopes_of_the_api(party, client, scope):
    response = party.post_token(client, FORM | {"scope": scope})

    assert response.status_code == 400
    assert response.json()["error"] == "invalid_scope"


def test_a_client_that_names_no_scope_gets_what_it_is_registered_for(party, client):
    answer = party.post_token(client, {"grant_type": "client_credentials"}).json()

    assert answer["scope"] == "messages:send"


def test_a_client_that_only_signs_people_in_gets_no_token_of_its_own(client):
    party = make_party(grant_types=["authorization_code"])

    response = party.post_token(client, FORM)

    assert response.json()["error"] == "unauthorized_client"


@pytest.mark.django_db(transaction=True)
def test_of_two_requests_with_one_assertion_one_is_served():
    party = make_party()
    proof = party.proof()
    gate = threading.Barrier(4)
    statuses = []

    def ask():
        gate.wait()
        statuses.append(party.post_token(Browser(), FORM, proof=proof).status_code)
        connection.close()

    threads = [threading.Thread(target=ask) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(statuses) == [200, 400, 400, 400]


segments = st.text(alphabet=st.characters(max_codepoint=0x17F), max_size=40)
json_values = st.recursive(
    st.none() | st.booleans() | st.floats() | st.text(max_size=10),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner),
    max_leaves=6,
)


@given(st.lists(segments, max_size=4).map(".".join))
@hypothesis_settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_no_garbage_for_an_assertion_breaks_the_endpoint(party, client, assertion):
    proof = {"form": {"client_assertion_type": ASSERTION_TYPE, "client_assertion": assertion}}

    response = party.post_token(client, FORM, proof=proof)

    assert response.status_code == 400
    assert response.json()["error"] in {"invalid_client", "invalid_request"}


@pytest.mark.parametrize("part", ["header", "claims"])
@pytest.mark.parametrize("opening", ["[", '{"a":'])
def test_brackets_in_brackets_without_an_end_are_refused(party, client, part, opening):
    def encode(text):
        return base64.urlsafe_b64encode(text.encode()).rstrip(b"=").decode()

    nested = '{"sub":' + opening * 50_000
    parts = {"header": '{"alg":"ES256"}', "claims": "{}"} | {part: nested}
    form = {
        "client_assertion_type": ASSERTION_TYPE,
        "client_assertion": f"{encode(parts['header'])}.{encode(parts['claims'])}.c2ln",
    }

    response = party.post_token(client, FORM, proof={"form": form})

    assert response.json()["error"] == "invalid_client"


@given(st.dictionaries(st.sampled_from(["aud", "exp", "iat", "nbf", "jti", "iss"]), json_values))
@hypothesis_settings(max_examples=100, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_no_signed_nonsense_breaks_the_endpoint(party, client, claims):
    response = party.post_token(client, FORM, proof=party.proof(**claims))

    assert response.status_code in {200, 400}
