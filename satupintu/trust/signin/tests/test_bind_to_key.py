# SPDX-License-Identifier: Apache-2.0
"""DPoP (RFC 9449): what was stolen opens nothing without the key."""

import base64
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

from satupintu.trust.signin.models import AccessToken, AuthorizationCode, UsedAssertion

from .parties import make_party, read_answer

pytestmark = pytest.mark.django_db
FORM = {"grant_type": "client_credentials", "scope": "messages:send"}
TOKEN, USERINFO = "/openid/token", "/openid/userinfo"


def make_key(kind="EC"):
    if kind == "RSA":
        return jwk.RSAKey.generate_key(2048, auto_kid=True)
    if kind == "OKP":
        return jwk.OKPKey.generate_key("Ed25519", auto_kid=True)
    return jwk.ECKey.generate_key("P-256", auto_kid=True)


def ask(browser, token, shown, *, kind="DPoP", method="get"):
    headers = {"Authorization": f"{kind} {token}"} | shown
    return getattr(browser, method)(USERINFO, headers=headers)


@pytest.fixture
def key():
    return make_key()


@pytest.fixture
def token(person, party, client, key) -> str:
    """An access token of a sign-in, bound to `key`."""
    person.agree(party)
    code = read_answer(party.ask(person.browser))["code"]
    answer = party.exchange(client, code, shown=party.show_key(TOKEN, key=key)).json()
    assert answer["token_type"] == "DPoP"
    return answer["access_token"]


# --- A token bound to a key ---------------------------------------------------------------------------


@pytest.mark.parametrize(("kind", "alg"), [("EC", "ES256"), ("RSA", "PS256"), ("OKP", "EdDSA")])
def test_a_token_is_bound_to_the_key_that_was_shown(party, client, kind, alg):
    key = make_key(kind)

    shown = party.show_key(TOKEN, key=key, header={"alg": alg})
    answer = party.post_token(client, FORM, shown=shown).json()

    assert answer["token_type"] == "DPoP"
    assert AccessToken.objects.get().dpop_jkt == key.thumbprint()


def test_without_a_proof_a_token_is_a_bearer_token(party, client):
    assert party.post_token(client, FORM).json()["token_type"] == "Bearer"
    assert AccessToken.objects.get().dpop_jkt == ""


@pytest.mark.parametrize("method", ["get", "post"])
def test_the_holder_of_the_key_is_told(party, client, token, key, method):
    shown = party.show_key(USERINFO, key=key, method=method.upper(), token=token)

    response = ask(client, token, shown, method=method)

    assert response.status_code == 200
    assert "sub" in response.json()


def test_a_stolen_token_opens_nothing_as_a_bearer_token(client, token):
    response = ask(client, token, {}, kind="Bearer")

    assert response.status_code == 401
    assert response.headers["WWW-Authenticate"] == 'Bearer error="invalid_token"'


def test_a_stolen_token_opens_nothing_with_the_thiefs_key(party, client, token):
    thief = make_key()

    response = ask(client, token, party.show_key(USERINFO, key=thief, method="GET", token=token))

    assert response.status_code == 401
    challenge = response.headers["WWW-Authenticate"]
    assert challenge.startswith('DPoP error="invalid_token", algs="')
    assert "ES256" in challenge


def test_a_bearer_token_is_not_taken_for_one_that_is_bound(person, party, client, key):
    person.agree(party)
    code = read_answer(party.ask(person.browser))["code"]
    token = party.exchange(client, code).json()["access_token"]
    shown = party.show_key(USERINFO, key=key, method="GET", token=token)

    assert ask(client, token, shown).status_code == 401


@pytest.mark.parametrize(
    "changes",
    [
        {"token": "another token"},
        {"token": None},
        {"method": "POST"},
        {"path": TOKEN},
        {"ath": ""},
    ],
    ids=str,
)
def test_a_proof_is_for_this_token_and_this_call(party, client, token, key, changes):
    asked = {"path": USERINFO, "key": key, "method": "GET", "token": token} | changes
    path = asked.pop("path")

    response = ask(client, token, party.show_key(path, **asked))

    assert response.status_code == 401
    assert "invalid_dpop_proof" in response.headers["WWW-Authenticate"]


def test_a_call_without_a_proof_is_refused(client, token):
    assert ask(client, token, {}).status_code == 401


def test_a_replayed_proof_is_refused_and_kept_as_a_hash_alone(party, client, token, key):
    shown = party.show_key(USERINFO, key=key, method="GET", token=token, jti="the-jti-of-a-test")
    assert ask(client, token, shown).status_code == 200

    assert ask(client, token, shown).status_code == 401
    assert "the-jti-of-a-test" not in str(list(UsedAssertion.objects.values()))


def test_two_clients_may_choose_the_same_jti(party, client):
    for key in (make_key(), make_key()):
        shown = party.show_key(TOKEN, key=key, jti="1")
        assert party.post_token(client, FORM, shown=shown).status_code == 200


@pytest.mark.django_db(transaction=True)
def test_of_two_requests_with_one_proof_one_is_served():
    party = make_party()
    shown = party.show_key(TOKEN)
    gate = threading.Barrier(4)
    statuses = []

    def post():
        gate.wait()
        statuses.append(party.post_token(Browser(), FORM, shown=shown).status_code)
        connection.close()

    threads = [threading.Thread(target=post) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(statuses) == [200, 400, 400, 400]


# --- What is no proof ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "changes",
    [
        {"htm": "GET"},
        {"htm": None},
        {"htu": "https://evil.example/openid/token"},
        {"htu": settings.PUBLIC_URL + "/openid/userinfo"},
        {"htu": None},
        {"iat": None},
        {"iat": "now"},
        {"iat": True},
        {"iat": int(time.time()) - 600},
        {"iat": int(time.time()) + 600},
        {"jti": None},
        {"jti": ""},
        {"jti": 7},
        {"jti": "j" * 257},
        {"header": {"typ": "jwt"}},
        {"header": {"typ": "at+jwt"}},
        {"header": {"jwk": {"kty": "EC"}}},
    ],
    ids=str,
)
def test_a_proof_that_lacks_something_is_refused(party, client, key, changes):
    response = party.post_token(client, FORM, shown=party.show_key(TOKEN, key=key, **changes))

    assert response.status_code == 400
    assert response.json()["error"] == "invalid_dpop_proof"
    assert response.json()["error_description"]
    assert not AccessToken.objects.exists()


def test_the_address_may_be_written_with_a_query_and_in_capitals(party, client, key):
    host = settings.PUBLIC_URL.upper()

    shown = party.show_key(TOKEN, key=key, htu=f"{host}/openid/token?x=1#y")

    assert party.post_token(client, FORM, shown=shown).status_code == 200


def test_a_proof_with_a_private_key_in_it_is_refused(party, client, key):
    shown = party.show_key(TOKEN, key=key, header={"jwk": key.as_dict(private=True)})

    assert party.post_token(client, FORM, shown=shown).json()["error"] == "invalid_dpop_proof"


def test_a_proof_signed_with_another_key_than_the_one_in_it_is_refused(party, client, key):
    other = make_key().as_dict(private=False)
    shown = party.show_key(TOKEN, key=key, header={"jwk": other})

    assert party.post_token(client, FORM, shown=shown).json()["error"] == "invalid_dpop_proof"


@pytest.mark.parametrize("alg", ["RS256"])
def test_a_weak_signature_is_refused(party, client, alg):
    shown = party.show_key(TOKEN, key=make_key("RSA"), header={"alg": alg})

    assert party.post_token(client, FORM, shown=shown).json()["error"] == "invalid_dpop_proof"


def test_an_unsigned_proof_is_refused(party, client, key):
    def encode(part):
        return base64.urlsafe_b64encode(json.dumps(part).encode()).rstrip(b"=").decode()

    head = encode({"typ": "dpop+jwt", "alg": "none", "jwk": key.as_dict(private=False)})
    body = party.show_key(TOKEN, key=key)["DPoP"].split(".")[1]

    response = party.post_token(client, FORM, shown={"DPoP": f"{head}.{body}."})

    assert response.json()["error"] == "invalid_dpop_proof"


def test_two_proofs_in_one_request_are_refused(party, client, key):
    both = ",".join(party.show_key(TOKEN, key=key)["DPoP"] for _ in range(2))

    response = party.post_token(client, FORM, shown={"DPoP": both})

    assert response.json()["error"] == "invalid_dpop_proof"


@given(st.text(alphabet=st.characters(min_codepoint=33, max_codepoint=126), max_size=60))
@hypothesis_settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_no_garbage_for_a_proof_breaks_the_endpoint(party, client, text):
    response = party.post_token(client, FORM, shown={"DPoP": text})

    assert response.json()["error"] == "invalid_dpop_proof"


# --- A code bound to a key (section 10) ---------------------------------------------------------------


def get_code(person, party, key, client, *, how) -> str:
    person.agree(party)
    if how == "dpop_jkt":
        response = party.ask(person.browser, dpop_jkt=key.thumbprint())
    else:
        shown = party.show_key("/openid/par", key=key)
        response = person.browser.get(party.push_address(client, headers=shown))
    return read_answer(response)["code"]


HOW = pytest.mark.parametrize("how", ["dpop_jkt", "pushed with a proof"])


@HOW
def test_a_code_bound_to_a_key_is_exchanged_with_it(person, party, client, key, how):
    code = get_code(person, party, key, client, how=how)

    response = party.exchange(client, code, shown=party.show_key(TOKEN, key=key))

    assert response.status_code == 200
    assert AuthorizationCode.objects.get().dpop_jkt == key.thumbprint()


@HOW
@pytest.mark.parametrize("shows", ["nothing", "another key"])
def test_a_stolen_code_that_is_bound_gives_nothing(person, party, client, key, how, shows):
    code = get_code(person, party, key, client, how=how)
    shown = party.show_key(TOKEN, key=make_key()) if shows == "another key" else None

    response = party.exchange(client, code, shown=shown)

    assert response.json()["error"] == "invalid_grant"
    assert not AccessToken.objects.exists()


@pytest.mark.parametrize("thumbprint", ["short", "x" * 44, "é" * 43])
def test_a_thumbprint_that_is_none_is_refused(person, party, thumbprint):
    person.agree(party)

    answer = read_answer(party.ask(person.browser, dpop_jkt=thumbprint))

    assert answer["error"] == "invalid_request"


def test_a_thumbprint_and_a_proof_of_another_key_contradict_each_other(party, client, key):
    shown = party.show_key("/openid/par", key=key)

    response = party.push(client, headers=shown, dpop_jkt=make_key().thumbprint())

    assert response.json()["error"] == "invalid_request"


# --- Clients that must show a key ---------------------------------------------------------------------


def test_a_client_that_must_show_a_key_gets_nothing_without(client):
    party = make_party(dpop_bound_access_tokens=True)

    response = party.post_token(client, FORM)

    assert response.json()["error"] == "invalid_dpop_proof"
    assert party.post_token(client, FORM, shown=party.show_key(TOKEN)).status_code == 200


def test_the_metadata_names_the_algorithms(client):
    configuration = client.get("/.well-known/openid-configuration").json()

    named = configuration["dpop_signing_alg_values_supported"]
    assert {"ES256", "PS256", "EdDSA"} <= set(named)
    assert "RS256" not in named


def test_the_agency_api_takes_a_bound_token_with_its_key_alone(party, client, key):
    shown = party.show_key(TOKEN, key=key)
    token = party.post_token(client, FORM, shown=shown).json()["access_token"]

    def send(kind, shown):
        headers = {"Authorization": f"{kind} {token}"} | shown
        return client.post("/api/v1/messages", "{}", "application/json", headers=headers)

    proof = party.show_key("/api/v1/messages", key=key, token=token)
    thief = party.show_key("/api/v1/messages", key=make_key(), token=token)
    assert send("Bearer", {}).status_code == 401
    assert send("DPoP", {}).status_code == 401
    assert send("DPoP", thief).status_code == 401
    # Let in: what is refused now is the letter, which is empty.
    assert send("DPoP", proof).status_code in {400, 422}
