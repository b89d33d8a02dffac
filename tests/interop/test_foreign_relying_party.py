# SPDX-License-Identifier: Apache-2.0
"""A certified relying-party library, npm's openid-client, signs people in over real HTTP."""

import json
import subprocess
import sys
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import call_command
from django.test import Client as Browser
from joserfc import jwk

from satupintu.trust.accounts.tests.factories import AccountFactory, sign_in
from satupintu.trust.agencies.tests.factories import AgencyFactory
from satupintu.trust.signin.queries import get_account_of_subject

ROOT = Path(__file__).parents[2]
NODE = Path(sys.executable).with_name("node")
CALLBACK = "https://tax.nusa.example/callback"

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]


@pytest.fixture
def issuer(live_server, settings):
    settings.PUBLIC_URL = live_server.url
    return live_server.url


def register(agency, *arguments) -> dict:
    out = StringIO()
    call_command(
        "client",
        *("add", "--json", "--agency", agency.slug, "--redirect-uri", CALLBACK, *arguments),
        stdout=out,
    )
    return json.loads(out.getvalue())


def run_relying_party(program="relying_party.mjs", **given) -> dict:
    if not NODE.exists() or not (ROOT / "node_modules" / "openid-client").exists():
        pytest.fail("node or openid-client is missing here: `make setup` brings both")
    done = subprocess.run(
        [NODE, Path(__file__).with_name(program)],
        input=json.dumps(given),
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def sign_in_through(metadata, issuer, account, **given) -> dict:
    browser = Browser()
    sign_in(browser, account)
    return run_relying_party(
        issuer=issuer,
        client_id=metadata["client_id"],
        metadata={"id_token_signed_response_alg": metadata["id_token_signed_response_alg"]},
        redirect_uri=CALLBACK,
        cookies={name: morsel.value for name, morsel in browser.cookies.items()},
        **given,
    )


def test_openid_client_signs_a_person_in_with_a_key_of_its_own(issuer, tmp_path):
    agency, account = AgencyFactory(), AccountFactory()
    key = jwk.ECKey.generate_key("P-256", {"alg": "ES256"}, auto_kid=True)
    jwks = tmp_path / "jwks.json"
    jwks.write_text(json.dumps({"keys": [key.as_dict(private=False)]}))
    metadata = register(
        agency,
        *("--auth", "private_key_jwt", "--jwks", str(jwks)),
        *("--scope", "openid profile email messages:send"),
    )

    learned = sign_in_through(
        metadata,
        issuer,
        account,
        private_jwk=key.as_dict(private=True),
        scope="openid profile email",
        own_scope="messages:send",
    )

    assert learned["consented"]
    assert learned["claims"]["iss"] == issuer
    assert learned["claims"]["acr"] == "urn:satupintu:acr:ip0:al2"
    assert (
        get_account_of_subject(sector=agency.sector, subject=learned["claims"]["sub"]) == account.pk
    )
    assert learned["userinfo"] == {
        "sub": learned["claims"]["sub"],
        "name": account.full_name,
        "email": account.email,
    }
    assert learned["own"]["scope"] == "messages:send"
    assert learned["replay"] == "invalid_grant"


@pytest.mark.parametrize("algorithm", ["ES256", "RS256"])
def test_openid_client_signs_a_person_in_with_a_secret(issuer, algorithm):
    agency, account = AgencyFactory(), AccountFactory()
    metadata = register(agency, "--auth", "client_secret_basic", "--id-token-alg", algorithm)

    learned = sign_in_through(
        metadata,
        issuer,
        account,
        client_secret=metadata["client_secret"],
        scope="openid",
    )

    assert learned["consented"]
    assert set(learned["userinfo"]) == {"sub"}
    assert learned["replay"] == "invalid_grant"


def register_with_key(agency, folder, *arguments) -> tuple[dict, dict]:
    key = jwk.ECKey.generate_key("P-256", {"alg": "ES256"}, auto_kid=True)
    jwks = folder / "jwks.json"
    jwks.write_text(json.dumps({"keys": [key.as_dict(private=False)]}))
    metadata = register(
        agency, *("--auth", "private_key_jwt", "--jwks", str(jwks), "--refresh"), *arguments
    )
    return metadata, key.as_dict(private=True)


@pytest.mark.parametrize("profile", ["fapi2", ""])
def test_openid_client_pushes_binds_refreshes_asks_and_revokes(issuer, tmp_path, profile):
    """PAR, DPoP, refresh, introspection and revocation, as FAPI 2.0 wants them and as others may
    have them."""
    agency, account = AgencyFactory(), AccountFactory()
    metadata, private_jwk = register_with_key(
        agency,
        tmp_path,
        *(["--profile", "fapi2"] if profile else ["--require-par", "--dpop"]),
        *("--scope", "openid profile email offline_access"),
    )

    learned = sign_in_through(
        metadata,
        issuer,
        account,
        program="pushing_party.mjs",
        private_jwk=private_jwk,
        scope="openid profile email offline_access",
    )

    assert learned["consented"]
    assert learned["token_types"] == ["dpop", "dpop"]
    assert learned["refreshed_scope"] == "openid email"
    assert learned["rotated"] is (profile == "")
    subject = learned["claims"]["sub"]
    assert get_account_of_subject(sector=agency.sector, subject=subject) == account.pk
    assert learned["userinfo"] == [
        {"sub": subject, "name": account.full_name, "email": account.email},
        {"sub": subject, "email": account.email},
    ]
    told = learned["introspected"]
    assert told["active"]
    assert told["sub"] == subject
    assert told["cnf"]["jkt"] == learned["thumbprint"]
    assert told["auth_time"] == learned["claims"]["auth_time"]
    assert told["acr"] == learned["claims"]["acr"]
    # The first is gone with the second: they follow from one sign-in.
    assert learned["after_revocation"] == [{"active": False}] * 3
    assert learned["refused"] == "invalid_grant"
