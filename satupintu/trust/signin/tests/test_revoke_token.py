# SPDX-License-Identifier: Apache-2.0
"""RFC 7009: a client ends tokens of its own, and nobody else's."""

import pytest
from django.conf import settings
from django.test import Client as Browser
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from satupintu.trust.signin.models import AccessToken, RefreshFamily, Visit

from .parties import make_party
from .refreshing import (
    ask_userinfo,
    call,
    go_offline,
    make_key,
    make_refresher,
    prove,
    refresh,
    sign_in,
)

pytestmark = pytest.mark.django_db
REVOKE = "/openid/revoke"


@pytest.fixture
def party(db):
    return make_refresher()


def revoke(party, token, **options):
    return call(REVOKE, party, token, **options)


def test_an_access_token_ends_alone(person, party):
    first = sign_in(person, party)
    second = refresh(party, first["refresh_token"]).json()

    response = revoke(party, second["access_token"])

    assert response.status_code == 200
    assert response.headers["Cache-Control"] == "no-store"
    assert ask_userinfo(second["access_token"]) == 401
    assert ask_userinfo(first["access_token"]) == 200
    assert refresh(party, second["refresh_token"]).status_code == 200


def test_a_refresh_token_ends_with_all_that_its_sign_in_gave(person, party):
    first = sign_in(person, party)
    second = refresh(party, first["refresh_token"]).json()
    other = sign_in(person, party)

    assert revoke(party, second["refresh_token"]).status_code == 200

    assert refresh(party, second["refresh_token"]).json()["error"] == "invalid_grant"
    assert ask_userinfo(first["access_token"]) == 401
    assert ask_userinfo(second["access_token"]) == 401
    assert ask_userinfo(other["access_token"]) == 200


def test_an_older_token_of_its_own_ends_the_family_too(person, party):
    first = go_offline(person, party)["refresh_token"]
    second = refresh(party, first).json()["refresh_token"]

    assert revoke(party, first).status_code == 200

    assert refresh(party, second).json()["error"] == "invalid_grant"


def test_a_client_without_refresh_tokens_ends_its_access_token(person):
    party = make_party()
    token = sign_in(person, party)["access_token"]

    assert revoke(party, token).status_code == 200

    assert ask_userinfo(token) == 401


def test_a_clients_own_token_for_the_api_can_be_ended(party, client):
    form = {"grant_type": "client_credentials", "scope": "messages:send"}
    token = party.post_token(client, form).json()["access_token"]

    assert revoke(party, token).status_code == 200

    assert AccessToken.objects.get().revoked_at is not None


@pytest.mark.parametrize("hint", [None, "access_token", "refresh_token", "cheese"])
@pytest.mark.parametrize("kind", ["access_token", "refresh_token"])
def test_a_hint_may_be_wrong_or_made_up(person, party, kind, hint):
    token = sign_in(person, party)[kind]

    assert revoke(party, token, token_type_hint=hint).status_code == 200

    assert not AccessToken.objects.filter(revoked_at=None).exists()


@pytest.mark.parametrize("token", ["unknown", "a.b", "x" * 43, ".", "." * 200])
def test_an_unknown_token_is_answered_like_one_that_ended(party, token):
    response = revoke(party, token)

    assert response.status_code == 200
    assert response.json() == {}


@pytest.mark.parametrize("kind", ["access_token", "refresh_token"])
def test_to_end_a_token_twice_is_as_good_as_once(person, party, kind):
    token = sign_in(person, party)[kind]

    assert [revoke(party, token).status_code for _ in range(2)] == [200, 200]


@pytest.mark.parametrize("kind", ["access_token", "refresh_token"])
@pytest.mark.parametrize("is_colleague", [True, False])
def test_a_strangers_token_is_refused_and_left_as_it_was(person, party, kind, is_colleague):
    tokens = sign_in(person, party)
    stranger = make_refresher(**({"agency": party.client.agency} if is_colleague else {}))

    response = revoke(stranger, tokens[kind])

    assert response.status_code == 400
    assert response.json()["error"] == "invalid_grant"
    assert ask_userinfo(tokens["access_token"]) == 200
    assert refresh(party, tokens["refresh_token"]).status_code == 200


def test_what_has_ended_is_unknown_to_strangers_too(person, party):
    token = sign_in(person, party)["refresh_token"]
    revoke(party, token)

    assert revoke(make_refresher(), token).status_code == 200


def test_who_does_not_prove_itself_ends_nothing(person, party):
    token = sign_in(person, party)["refresh_token"]

    response = revoke(party, token, proof={}, client_id=party.client.client_id)

    assert response.json()["error"] == "invalid_client"
    assert RefreshFamily.objects.get().ended_at is None


def test_a_secret_proves_a_client_here_too(person):
    party = make_refresher(auth="client_secret_basic")
    token = sign_in(person, party)["access_token"]

    assert revoke(party, token).status_code == 200
    assert ask_userinfo(token) == 401


@pytest.mark.parametrize("endpoint", ["token", "par", "revoke", "introspect"])
def test_an_assertion_may_be_for_any_endpoint_of_ours_and_is_used_up(person, party, endpoint):
    token = sign_in(person, party)["access_token"]
    proof = party.proof(aud=f"{settings.PUBLIC_URL}/openid/{endpoint}")

    assert revoke(party, token, proof=proof).status_code == 200
    assert revoke(party, token, proof=proof).json()["error"] == "invalid_client"


def test_a_client_with_keys_needs_no_key_to_end_what_was_bound_to_one(person):
    party = make_refresher(profile="fapi2")
    token = sign_in(person, party, key=party.key)["refresh_token"]

    assert revoke(party, token).status_code == 200

    assert refresh(party, token, key=party.key).json()["error"] == "invalid_grant"


def test_a_key_of_somebody_is_not_asked_for(person, party):
    token = sign_in(person, party, key=make_key())["access_token"]

    assert revoke(party, token).status_code == 200

    assert AccessToken.objects.get().revoked_at is not None


@pytest.mark.parametrize("token", [None, "", "x" * 201, "a\0b"])
def test_a_request_without_a_token_is_malformed(party, token):
    assert revoke(party, token).json()["error"] == "invalid_request"


def test_a_parameter_given_twice_is_refused(party):
    form = {"token": ["one", "two"]} | prove(party)["form"]

    assert Browser().post(REVOKE, form).json()["error"] == "invalid_request"


def test_only_post_revokes(client):
    assert client.get(REVOKE).status_code == 405


def test_ending_a_token_signs_nobody_out(person, party):
    revoke(party, sign_in(person, party)["refresh_token"])

    assert Visit.objects.get().ended_at is None
    assert sign_in(person, party)["access_token"]


def test_the_metadata_says_where_to_revoke_and_how_to_prove_oneself(client):
    found = client.get("/.well-known/openid-configuration").json()

    assert found["revocation_endpoint"] == settings.PUBLIC_URL + REVOKE
    for kind in ("methods", "signing_alg_values"):
        of_token = found[f"token_endpoint_auth_{kind}_supported"]
        assert found[f"revocation_endpoint_auth_{kind}_supported"] == of_token


@given(st.text(alphabet=st.characters(min_codepoint=1, exclude_categories=["Cs"]), max_size=120))
@hypothesis_settings(max_examples=30, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_no_garbage_breaks_the_endpoint(party, text):
    assert revoke(party, text).status_code in {200, 400}
