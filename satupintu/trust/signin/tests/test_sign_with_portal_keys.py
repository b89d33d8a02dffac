# SPDX-License-Identifier: Apache-2.0
from datetime import timedelta

import pytest
from django.conf import settings
from django.utils import timezone
from joserfc import jwk, jwt

from satupintu.trust.signin import actions, queries
from satupintu.trust.signin.models import SigningKey

NOW = timezone.now()
pytestmark = pytest.mark.django_db


def published() -> jwk.KeySet:
    return jwk.KeySet.import_key_set({"keys": list(queries.list_public_keys())})


def test_a_call_to_an_agency_is_signed_for_that_agency_for_one_minute():
    token = actions.sign_portal_token(audience="https://tax.nusa/api", scope="linking", at=NOW)

    decoded = jwt.decode(token, published(), algorithms=["ES256"])
    claims = decoded.claims
    assert claims["iss"] == settings.PUBLIC_URL
    assert claims["aud"] == "https://tax.nusa/api"
    assert claims["scope"] == "linking"
    assert claims["exp"] - claims["iat"] == 60
    assert decoded.header["kid"] in {key["kid"] for key in queries.list_public_keys()}


def test_each_call_carries_an_id_of_its_own():
    tokens = [
        actions.sign_portal_token(audience="https://tax.nusa/api", scope="linking", at=NOW)
        for _ in range(2)
    ]

    ids = {jwt.decode(token, published(), algorithms=["ES256"]).claims["jti"] for token in tokens}
    assert len(ids) == 2


def test_keys_are_made_once():
    actions.ensure_signing_keys(at=NOW)
    before = queries.list_public_keys()

    actions.ensure_signing_keys(at=NOW)

    assert queries.list_public_keys() == before
    assert {key["alg"] for key in before} == {"ES256", "RS256"}


def test_what_is_published_holds_no_private_part():
    actions.ensure_signing_keys(at=NOW)

    assert not {"d", "p", "q", "dp", "dq", "qi"} & {
        name for key in queries.list_public_keys() for name in key
    }


def test_a_private_key_is_stored_encrypted_only():
    actions.ensure_signing_keys(at=NOW)

    assert not [row for row in SigningKey.objects.all() if '"d"' in row.private_jwk]


def test_after_a_rotation_the_new_key_signs_and_the_old_one_can_still_be_checked():
    old = actions.sign_portal_token(audience="https://tax.nusa/api", scope="linking", at=NOW)

    actions.rotate_signing_key(algorithm="ES256", at=NOW + timedelta(minutes=1))

    new = actions.sign_portal_token(audience="https://tax.nusa/api", scope="linking", at=NOW)
    headers = [jwt.decode(token, published(), algorithms=["ES256"]).header for token in (old, new)]
    assert headers[0]["kid"] != headers[1]["kid"]
