# SPDX-License-Identifier: Apache-2.0
import pytest
from django.conf import settings
from django.test import override_settings
from django.utils import timezone

from satupintu.trust.signin import actions
from satupintu.trust.signin.queries import keys

pytestmark = pytest.mark.django_db


def test_the_configuration_names_what_is_offered_and_nothing_weaker(client):
    configuration = client.get("/.well-known/openid-configuration").json()

    assert configuration["issuer"] == settings.PUBLIC_URL
    assert configuration["response_types_supported"] == ["code"]
    assert configuration["code_challenge_methods_supported"] == ["S256"]
    assert configuration["subject_types_supported"] == ["pairwise"]
    assert set(configuration["id_token_signing_alg_values_supported"]) == {"ES256", "RS256"}
    assert set(configuration["token_endpoint_auth_methods_supported"]) == {
        "private_key_jwt",
        "client_secret_basic",
    }


def test_every_address_in_the_configuration_is_served(client):
    configuration = client.get("/.well-known/openid-configuration").json()

    addresses = {
        name: value.removeprefix(settings.PUBLIC_URL)
        for name, value in configuration.items()
        if name.endswith(("_endpoint", "_uri"))
    }

    assert len(addresses) == 8
    assert 404 not in {client.get(address).status_code for address in addresses.values()}


def test_the_key_of_each_algorithm_is_published_before_it_signs(client):
    actions.sign_portal_token(audience="https://tax.nusa/api", scope="linking", at=timezone.now())

    keys = client.get("/.well-known/jwks.json").json()["keys"]

    assert {key["alg"] for key in keys} == {"ES256", "RS256"}


@pytest.mark.parametrize("address", ["openid-configuration", "jwks.json"])
def test_metadata_may_be_kept_for_a_while(client, address):
    response = client.get(f"/.well-known/{address}")

    assert response.headers["Cache-Control"] == "public, max-age=3600"
    assert response.headers["Content-Type"] == "application/json"


@override_settings(SNAPSHOT_SECONDS=30)
def test_metadata_comes_from_memory(client, django_assert_num_queries):
    keys.forget_keys()
    client.get("/.well-known/jwks.json")

    with django_assert_num_queries(0):
        client.get("/.well-known/jwks.json")
        client.get("/.well-known/openid-configuration")

    keys.forget_keys()
