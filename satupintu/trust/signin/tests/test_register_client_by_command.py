# SPDX-License-Identifier: Apache-2.0
import json
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.test import override_settings
from joserfc import jwk

from satupintu.foundation import crypto
from satupintu.trust.agencies import queries
from satupintu.trust.agencies.models import Client
from satupintu.trust.agencies.tests.factories import AgencyFactory, ClientFactory
from satupintu.trust.signin.models import RefreshFamily

from . import refreshing
from .refreshing import make_refresher

pytestmark = pytest.mark.django_db
CALLBACK = "https://tax.nusa.example/callback"


def run(*arguments) -> str:
    out = StringIO()
    call_command("client", *arguments, stdout=out)
    return out.getvalue()


def suspend(client_id) -> str:
    out = StringIO()
    reason = ("--reason", "Its secret was found.")
    call_command("suspend", "client", client_id, *reason, stdout=out)
    return out.getvalue()


def add(*arguments):
    return json.loads(run("add", "--json", "--agency", AgencyFactory().slug, *arguments))


def make_key_file(folder, *, private=False, **changes):
    key = jwk.ECKey.generate_key("P-256", auto_kid=True)
    file = folder / "jwks.json"
    file.write_text(json.dumps({"keys": [key.as_dict(private=private)]} | changes))
    return file


def test_a_client_with_a_secret_is_described_as_rfc_7591_says():
    metadata = add("--redirect-uri", CALLBACK, "--auth", "client_secret_basic", "--name", "Pajak")

    stored = Client.objects.get(client_id=metadata["client_id"])
    assert stored.secret_hash == crypto.hash_secret(metadata["client_secret"])
    assert metadata["client_secret_expires_at"] == 0
    assert metadata["redirect_uris"] == [CALLBACK]
    assert metadata["token_endpoint_auth_method"] == "client_secret_basic"
    assert metadata["grant_types"] == ["authorization_code"]
    assert metadata["response_types"] == ["code"]
    assert metadata["client_name"] == "Pajak"
    assert metadata["scope"] == "openid profile email"


def test_a_client_with_keys_has_no_secret(tmp_path):
    file = make_key_file(tmp_path)

    metadata = add("--redirect-uri", CALLBACK, "--auth", "private_key_jwt", "--jwks", str(file))

    assert "client_secret" not in metadata
    assert metadata["jwks"] == json.loads(file.read_text())


def test_a_client_for_the_api_alone_gets_a_token_of_its_own_only():
    metadata = add("--auth", "client_secret_basic", "--scope", "messages:send")

    assert metadata["grant_types"] == ["client_credentials"]
    assert metadata["response_types"] == []


def test_people_are_told_the_same_in_lines():
    agency = AgencyFactory()

    words = run(
        *("add", "--agency", agency.slug, "--redirect-uri", CALLBACK),
        *("--auth", "client_secret_basic"),
    )

    assert "client_id: " in words
    assert "client_secret: " in words


def test_clients_are_listed_without_their_secrets():
    secret = add("--redirect-uri", CALLBACK, "--auth", "client_secret_basic")["client_secret"]

    listed = run("list", "--json")

    assert len(json.loads(listed)) == 1
    assert secret not in listed
    assert "client_secret_basic" in run("list")


@override_settings(DEMO=True)
def test_in_the_demo_a_program_on_this_machine_can_be_registered():
    metadata = add("--redirect-uri", "http://127.0.0.1:9999/cb", "--auth", "client_secret_basic")

    assert metadata["redirect_uris"] == ["http://127.0.0.1:9999/cb"]


@pytest.mark.parametrize(
    "arguments",
    [
        ("--auth", "client_secret_basic", "--agency", "nobody", "--redirect-uri", CALLBACK),
        ("--auth", "client_secret_basic", "--redirect-uri", "http://tax.nusa.example/cb"),
        ("--auth", "client_secret_basic", "--redirect-uri", CALLBACK + "#x"),
        ("--auth", "private_key_jwt", "--redirect-uri", CALLBACK),
        ("--auth", "private_key_jwt", "--redirect-uri", CALLBACK, "--jwks", "/no/such/file"),
        ("--auth", "none", "--redirect-uri", CALLBACK),
        ("--redirect-uri", CALLBACK),
    ],
    ids=str,
)
def test_what_is_not_right_is_refused_in_one_sentence_and_nothing_is_stored(arguments):
    with pytest.raises(CommandError):
        add(*arguments)

    assert not Client.objects.exists()


@pytest.mark.parametrize("changes", [{"keys": "x"}, {"keys": [1]}, {"keys": None}])
def test_a_file_that_is_no_key_set_is_refused(tmp_path, changes):
    file = make_key_file(tmp_path, **changes)

    with pytest.raises(CommandError, match="no key set"):
        add("--redirect-uri", CALLBACK, "--auth", "private_key_jwt", "--jwks", str(file))


def test_a_private_key_is_never_taken(tmp_path):
    file = make_key_file(tmp_path, private=True)

    with pytest.raises(CommandError, match="private key"):
        add("--redirect-uri", CALLBACK, "--auth", "private_key_jwt", "--jwks", str(file))


def test_safety_24_one_command_suspends_a_client():
    kept, ended = ClientFactory(), ClientFactory()

    said = suspend(ended.client_id)

    assert ended.client_id in said
    assert queries.get_client(client_id=ended.client_id) is None
    assert queries.get_client(client_id=kept.client_id) is not None


def test_suspending_twice_keeps_the_moment_of_the_first():
    client = ClientFactory()
    suspend(client.client_id)
    first = Client.objects.get(client_id=client.client_id).suspended_at

    with pytest.raises(CommandError):
        suspend(client.client_id)

    assert Client.objects.get(client_id=client.client_id).suspended_at == first


def test_suspending_nobody_is_said_and_not_passed_over():
    ClientFactory()

    with pytest.raises(CommandError, match="nobody: That is nothing we know"):
        suspend("nobody")


def test_a_client_can_be_held_to_pushed_requests():
    arguments = ("--redirect-uri", CALLBACK, "--auth", "client_secret_basic")

    assert add(*arguments, "--require-par")["require_pushed_authorization_requests"] is True
    assert add(*arguments)["require_pushed_authorization_requests"] is False


def test_where_to_tell_of_sign_outs_and_where_people_land_is_registered():
    metadata = add(
        *("--redirect-uri", CALLBACK, "--auth", "client_secret_basic"),
        *("--post-logout-redirect-uri", "https://tax.nusa.example/signed-out"),
        *("--backchannel-logout-uri", "https://tax.nusa.example/told"),
        "--backchannel-logout-session-required",
    )

    card = queries.get_client(client_id=metadata["client_id"])
    assert metadata["post_logout_redirect_uris"] == ["https://tax.nusa.example/signed-out"]
    assert metadata["backchannel_logout_uri"] == "https://tax.nusa.example/told"
    assert metadata["backchannel_logout_session_required"] is True
    assert card.backchannel_logout_uri == "https://tax.nusa.example/told"
    assert card.backchannel_logout_session_required


@pytest.mark.parametrize("address", ["http://tax.nusa.example/told", "tax", "https://*/told"])
@override_settings(LOOPBACK_ALLOWED=False)
def test_an_address_to_tell_that_is_not_safe_is_refused(address):
    with pytest.raises(CommandError):
        add(
            *("--redirect-uri", CALLBACK, "--auth", "client_secret_basic"),
            *("--backchannel-logout-uri", address),
        )


# --- Refresh tokens -----------------------------------------------------------------------------------

WITH_SECRET = ("--redirect-uri", CALLBACK, "--auth", "client_secret_basic")


def test_a_client_may_be_registered_to_refresh():
    metadata = add(*WITH_SECRET, "--refresh")

    assert metadata["grant_types"] == ["authorization_code", "refresh_token"]
    assert "offline_access" not in metadata["scope"]


def test_offline_access_is_a_scope_that_brings_refreshing_along():
    metadata = add(*WITH_SECRET, "--scope", "openid offline_access")

    assert metadata["grant_types"] == ["authorization_code", "refresh_token"]
    assert metadata["scope"] == "openid offline_access"


def test_a_client_that_signs_nobody_in_has_nothing_to_refresh():
    with pytest.raises(CommandError):
        add("--auth", "client_secret_basic", "--scope", "messages:send", "--refresh")

    assert not Client.objects.exists()


def test_safety_25_a_restore_revives_no_used_token_once_the_operator_said_so(make_person):
    person, party, other = make_person(), make_refresher(), make_refresher()
    used = refreshing.sign_in(person, party)["refresh_token"]
    backup = RefreshFamily.objects.values().get()
    refreshing.refresh(party, used)
    RefreshFamily.objects.update(**backup)
    of_other = refreshing.sign_in(person, other)

    run("end-tokens", "--client", party.client.client_id)

    assert refreshing.refresh(party, used).json()["error"] == "invalid_grant"
    assert refreshing.ask_userinfo(of_other["access_token"]) == 200
    run("end-tokens", "--all")
    assert refreshing.ask_userinfo(of_other["access_token"]) == 401
    assert "refresh_token" in refreshing.sign_in(person, party)


@pytest.mark.parametrize("arguments", [[], ["--client", "nobody"]])
def test_tokens_of_nobody_in_particular_are_not_ended(arguments):
    with pytest.raises(CommandError):
        run("end-tokens", *arguments)
