# SPDX-License-Identifier: Apache-2.0

import pytest
from django.conf import settings
from django.utils import timezone
from joserfc import jwk, jwt

from satupintu.trust.signin import actions, queries
from satupintu.trust.signin.models import SigningKey

NOW = timezone.now()
pytestmark = pytest.mark.django_db


def published() -> jwk.KeySet:
    return jwk.KeySet.import_key_set({"keys": list(queries.list_public_keys(at=NOW))})


def test_a_call_to_an_agency_is_signed_for_that_agency_for_one_minute():
    token = actions.sign_portal_token(audience="https://tax.nusa/api", scope="linking", at=NOW)

    decoded = jwt.decode(token, published(), algorithms=["ES256"])
    claims = decoded.claims
    assert claims["iss"] == settings.PUBLIC_URL
    assert claims["aud"] == "https://tax.nusa/api"
    assert claims["scope"] == "linking"
    assert claims["exp"] - claims["iat"] == 60
    assert decoded.header["kid"] in {key["kid"] for key in queries.list_public_keys(at=NOW)}


def test_each_call_carries_an_id_of_its_own():
    tokens = [
        actions.sign_portal_token(audience="https://tax.nusa/api", scope="linking", at=NOW)
        for _ in range(2)
    ]

    ids = {jwt.decode(token, published(), algorithms=["ES256"]).claims["jti"] for token in tokens}
    assert len(ids) == 2


def test_keys_are_made_once():
    actions.ensure_signing_keys(at=NOW)
    before = queries.list_public_keys(at=NOW)

    actions.ensure_signing_keys(at=NOW)

    assert queries.list_public_keys(at=NOW) == before
    assert {key["alg"] for key in before} == {"ES256", "RS256"}


def test_what_is_published_holds_no_private_part():
    actions.ensure_signing_keys(at=NOW)

    assert not {"d", "p", "q", "dp", "dq", "qi"} & {
        name for key in queries.list_public_keys(at=NOW) for name in key
    }


def test_a_private_key_is_stored_encrypted_only():
    actions.ensure_signing_keys(at=NOW)

    assert not [row for row in SigningKey.objects.all() if '"d"' in row.private_jwk]
