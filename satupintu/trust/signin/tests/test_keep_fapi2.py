# SPDX-License-Identifier: Apache-2.0
"""Clients marked fapi2 are held to the FAPI 2.0 Security Profile, clause by clause."""

import json
import time
from datetime import timedelta

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command
from django.test import Client as Browser
from django.utils import timezone
from joserfc import jwk, jwt

from satupintu.trust.agencies.models import Client
from satupintu.trust.agencies.tests.factories import AgencyFactory
from satupintu.trust.rulebook.models import Policy
from satupintu.trust.signin.models import AccessToken, AuthorizationCode, PushedRequest
from satupintu.trust.signin.signatures import Signatures

from .parties import ASSERTION_TYPE, CALLBACK, make_party, read_answer, read_id_token

pytestmark = pytest.mark.django_db
TOKEN = "/openid/token"
FORM = {"grant_type": "client_credentials", "scope": "messages:send"}


@pytest.fixture
def party():
    return make_party(profile="fapi2")


def prove(party, **changes):
    """private_key_jwt as the profile wants it: for the issuer, as a string."""
    return party.proof(**({"aud": settings.PUBLIC_URL} | changes))


def get_code(person, party, **changes) -> str:
    person.agree(party)
    address = party.push_address(Browser(), proof=prove(party), **changes)
    return read_answer(person.browser.get(address))["code"]


def exchange(party, code, *, shown=None, **changes):
    shown = party.show_key(TOKEN) if shown is None else shown
    return party.exchange(Browser(), code, proof=prove(party), shown=shown, **changes)


def set_policy(name, value):
    Policy.objects.create(
        name=name,
        kind="duration",
        value=value,
        valid_from=timezone.now() - timedelta(hours=1),
        source="A test",
    )


def test_the_whole_way_of_a_person_through_the_profile(person, party, client):
    response = exchange(party, get_code(person, party))

    answer = response.json()
    assert answer["token_type"] == "DPoP"
    assert read_id_token(client, response)["aud"] == party.client.client_id
    token = answer["access_token"]
    shown = party.show_key("/openid/userinfo", method="GET", token=token)
    headers = {"Authorization": f"DPoP {token}"} | shown
    assert client.get("/openid/userinfo", headers=headers).status_code == 200


def test_a_request_that_was_not_pushed_is_refused(person, party):
    person.agree(party)

    answer = read_answer(party.ask(person.browser))

    assert answer["error"] == "invalid_request"
    assert answer["iss"] == settings.PUBLIC_URL


def test_a_push_without_proof_of_the_client_is_refused(party, client):
    assert party.push(client, proof={}).json()["error"] == "invalid_client"


def test_a_pushed_request_lives_less_than_ten_minutes_whatever_the_rulebook_says(party, client):
    set_policy("signin.pushed_request_lifetime", "2 h")

    answer = party.push(client, proof=prove(party)).json()

    assert answer["expires_in"] < 600


def test_a_code_lives_a_minute_at_most_whatever_the_rulebook_says(person, party):
    set_policy("signin.code_lifetime", "1 h")

    get_code(person, party)

    life = AuthorizationCode.objects.get().expires_at - timezone.now()
    assert life <= timedelta(seconds=60)


@pytest.mark.parametrize("method", [None, "plain"])
def test_pkce_is_s256_or_nothing(party, client, method):
    response = party.push(client, proof=prove(party), code_challenge_method=method)

    assert response.json()["error"] == "invalid_request"
    assert not PushedRequest.objects.exists()


@pytest.mark.parametrize(
    "audience",
    [
        settings.PUBLIC_URL + "/openid/token",
        settings.PUBLIC_URL + "/openid/par",
        settings.PUBLIC_URL + "/",
        [settings.PUBLIC_URL],
        None,
    ],
    ids=str,
)
def test_an_assertion_is_for_the_issuer_as_a_string_and_nothing_else(party, client, audience):
    proof = prove(party, aud=audience)
    assert party.push(client, proof=proof).json()["error"] == "invalid_client"

    response = party.post_token(
        client, FORM, proof=prove(party, aud=audience), shown=party.show_key(TOKEN)
    )

    assert response.json()["error"] == "invalid_client"


@pytest.mark.parametrize("claim", ["iat", "nbf"])
@pytest.mark.parametrize(("ahead", "is_served"), [(8, True), (70, False)])
def test_clocks_may_be_ahead_by_ten_seconds_and_not_by_more_than_sixty(
    party, client, claim, ahead, is_served
):
    set_policy("signin.assertion_skew", "1 h")
    now = int(time.time())
    proof = prove(party, **{claim: now + ahead, "exp": now + 120})

    response = party.post_token(client, FORM, proof=proof, shown=party.show_key(TOKEN))

    assert (response.status_code == 200) is is_served


def make_signer(kind):
    if kind == "OKP":
        return jwk.OKPKey.generate_key("Ed25519", auto_kid=True)
    if kind == "EC":
        return jwk.ECKey.generate_key("P-256", auto_kid=True)
    return jwk.RSAKey.generate_key(2048, auto_kid=True)


@pytest.mark.parametrize(
    ("kind", "alg", "is_served"),
    [
        ("RSA", "PS256", True),
        ("EC", "ES256", True),
        ("OKP", "EdDSA", True),
        ("RSA", "RS256", False),
    ],
)
def test_assertions_are_signed_by_ps256_es256_or_eddsa(party, client, kind, alg, is_served):
    key = make_signer(kind)
    Client.objects.update(jwks={"keys": [key.as_dict(private=False)]})
    signed = jwt.encode(
        {"alg": alg, "kid": key.kid},
        party.claims(aud=settings.PUBLIC_URL),
        key,
        registry=Signatures([alg]),
    )
    form = FORM | {"client_assertion_type": ASSERTION_TYPE, "client_assertion": signed}

    response = party.post_token(client, form, proof={}, shown=party.show_key(TOKEN))

    assert (response.status_code == 200) is is_served


def test_a_replayed_assertion_is_refused(party, client):
    proof = prove(party)
    assert party.push(client, proof=proof).status_code == 201

    assert party.push(client, proof=proof).json()["error"] == "invalid_client"


def test_a_secret_proves_nothing(client):
    party = make_party(auth="client_secret_basic", profile="fapi2")

    assert party.push(client).json()["error"] == "invalid_client"
    assert party.post_token(client, FORM).json()["error"] == "invalid_client"


def test_no_token_is_given_that_is_not_bound_to_a_key(person, party, client):
    code = get_code(person, party)

    assert exchange(party, code, shown={}).json()["error"] == "invalid_dpop_proof"
    response = party.post_token(client, FORM, proof=prove(party))
    assert response.json()["error"] == "invalid_dpop_proof"
    assert not AccessToken.objects.exists()


def test_a_code_can_be_bound_to_a_key(person, party):
    other = make_signer("EC")
    code = get_code(person, party, dpop_jkt=other.thumbprint())

    assert exchange(party, code).json()["error"] == "invalid_grant"


def test_a_code_is_used_once_and_a_second_use_takes_back_what_it_gave(person, party, client):
    code = get_code(person, party)
    token = exchange(party, code).json()["access_token"]

    assert exchange(party, code).json()["error"] == "invalid_grant"

    shown = party.show_key("/openid/userinfo", method="GET", token=token)
    headers = {"Authorization": f"DPoP {token}"} | shown
    assert client.get("/openid/userinfo", headers=headers).status_code == 401


@pytest.mark.parametrize("grant", ["password", "implicit", "urn:ietf:params:oauth:grant-type:x"])
def test_no_other_way_to_a_token_is_open(party, client, grant):
    response = party.post_token(client, {"grant_type": grant}, proof=prove(party))

    assert response.json()["error"] == "unsupported_grant_type"


# --- Registration -------------------------------------------------------------------------------------


def add(tmp_path, *arguments, key=None, **kwargs):
    file = tmp_path / "jwks.json"
    key = key or make_signer("EC").as_dict(private=False)
    file.write_text(json.dumps({"keys": [key]}))
    call_command(
        "client",
        *("add", "--agency", AgencyFactory().slug, "--redirect-uri", CALLBACK),
        *("--profile", "fapi2", "--jwks", str(file), *arguments),
        **kwargs,
    )


def test_a_client_is_registered_for_the_profile_by_command(tmp_path, capsys):
    add(tmp_path, "--auth", "private_key_jwt", "--json")

    metadata = json.loads(capsys.readouterr().out)
    assert metadata["require_pushed_authorization_requests"] is True
    assert metadata["dpop_bound_access_tokens"] is True
    assert Client.objects.get().profile == "fapi2"


@pytest.mark.parametrize(
    "changes",
    [{"alg": "RS256"}, {"crv": "P-384"}, {"kty": "RSA", "n": "x" * 170}, {"kty": "oct"}],
    ids=str,
)
def test_a_weak_key_is_not_registered(tmp_path, changes):
    key = make_signer("EC").as_dict(private=False) | changes

    with pytest.raises(CommandError):
        add(tmp_path, "--auth", "private_key_jwt", key=key)

    assert not Client.objects.exists()


def test_an_id_token_by_rs256_is_not_registered(tmp_path):
    with pytest.raises(CommandError):
        add(tmp_path, "--auth", "private_key_jwt", "--id-token-alg", "RS256")


def test_a_secret_is_not_registered():
    with pytest.raises(CommandError):
        call_command(
            "client",
            *("add", "--agency", AgencyFactory().slug, "--redirect-uri", CALLBACK),
            *("--profile", "fapi2", "--auth", "client_secret_basic"),
        )
