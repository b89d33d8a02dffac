# SPDX-License-Identifier: Apache-2.0
import copy
import io
import json
from datetime import UTC, datetime

import pytest
from django.core.management import CommandError, call_command

from demo.people import list_people
from satupintu.config.demo import seeding
from satupintu.trust.accounts.models import Account
from satupintu.trust.agencies import queries
from satupintu.trust.agencies.models import Client
from satupintu.trust.staff.models import StaffMember

pytestmark = pytest.mark.django_db

NOON = datetime(2026, 11, 24, 5, tzinfo=UTC)
JWKS = {"keys": [{"kty": "EC", "crv": "P-256", "kid": "1", "x": "x", "y": "y"}]}


def make_agency(slug: str, port: int) -> dict:
    url = f"http://127.0.0.1:{port}"
    return {
        "slug": slug,
        "name_id": f"Kantor {slug}",
        "name_en": f"Office {slug}",
        "summary_id": "Ringkas.",
        "summary_en": "In short.",
        "level": "national",
        "sector": slug,
        "icon": "landmark",
        "sees": [{"id": "Nama", "en": "Name"}],
        "site_url": f"{url}/",
        "api_url": f"{url}/api",
        "client": {
            "client_id": f"{slug}-site",
            "client_name": f"Kantor {slug}",
            "redirect_uris": [f"{url}/callback"],
            "post_logout_redirect_uris": [f"{url}/signed-out"],
            "backchannel_logout_uri": f"{url}/backchannel-logout",
            "backchannel_logout_session_required": True,
            "token_endpoint_auth_method": "private_key_jwt",
            "id_token_signed_response_alg": "ES256",
            "grant_types": ["authorization_code", "client_credentials"],
            "scope": "openid messages:send",
            "jwks": JWKS,
        },
    }


@pytest.fixture
def agencies(settings):
    settings.DEMO = True
    return [
        make_agency(slug, port)
        for slug, port in (("tax", 8101), ("health", 8102), ("pasir-putih", 8103))
    ]


def test_everybody_is_there_after_the_first_start(agencies):
    seeded = seeding.seed_country(agencies=agencies, at=NOON)

    assert [card.slug for card in queries.list_agencies()] == ["health", "pasir-putih", "tax"]
    assert Account.objects.count() == len(list_people())
    assert {person["email"] for person in seeded["people"]} == {
        person.email for person in list_people()
    }
    assert len(seeded["staff"]) == StaffMember.objects.count() == len(seeding.STAFF)


def test_a_client_may_sign_in_and_send_messages(agencies):
    seeding.seed_country(agencies=agencies, at=NOON)

    client = queries.get_client(client_id="tax-site")

    assert client.redirect_uris == ("http://127.0.0.1:8101/callback",)
    assert client.scopes == ("openid", "messages:send")
    assert client.grant_types == ("authorization_code", "client_credentials")
    assert client.jwks == JWKS


def test_a_second_start_changes_nothing_that_people_did(agencies):
    first = seeding.seed_country(agencies=agencies, at=NOON)
    account = Account.objects.get(email="sari@surel.nusa")
    account.full_name = "Sari W."
    account.set_password("another-long-password")
    account.save()

    second = seeding.seed_country(agencies=agencies, at=NOON)

    account.refresh_from_db()
    assert account.full_name == "Sari W."
    assert account.check_password("another-long-password")
    # A way in works once and is made anew at each start; all else is as it was.
    links = [[member.pop("join_url") for member in one["staff"]] for one in (first, second)]
    assert all("/staff/join/" in link for link in links[0] + links[1])
    assert second == first


def test_an_agency_that_moved_or_changed_its_key_is_followed(agencies):
    seeding.seed_country(agencies=agencies, at=NOON)
    moved = copy.deepcopy(make_agency("tax", 9101))
    moved["client"]["jwks"]["keys"][0]["kid"] = "2"

    seeding.seed_country(agencies=[moved, *agencies[1:]], at=NOON)

    client = queries.get_client(client_id="tax-site")
    assert client.redirect_uris == ("http://127.0.0.1:9101/callback",)
    assert client.jwks["keys"][0]["kid"] == "2"
    assert client.agency.api_url == "http://127.0.0.1:9101/api"
    row = Client.objects.get(client_id="tax-site")
    assert row.backchannel_logout_uri == "http://127.0.0.1:9101/backchannel-logout"
    assert row.backchannel_logout_session_required
    assert Client.objects.count() == len(agencies)


def test_one_person_has_no_second_factor_so_that_the_way_to_it_can_be_seen(agencies):
    people = seeding.seed_country(agencies=agencies, at=NOON)["people"]

    assert [person["email"] for person in people if person["totp_secret"] is None] == [
        "slamet@surel.nusa"
    ]


def test_the_demo_has_staff_of_every_role(agencies):
    staff = seeding.seed_country(agencies=agencies, at=NOON)["staff"]

    assert {member["role"] for member in staff} == set(StaffMember.Role.values)


def test_the_command_answers_json(agencies, monkeypatch):
    monkeypatch.setattr("sys.stdin", io.StringIO(json.dumps({"agencies": agencies})))
    monkeypatch.setattr(
        "satupintu.config.management.commands.prepare_demo.migrate_database", lambda: None
    )
    out = io.StringIO()

    call_command("prepare_demo", stdout=out)

    assert set(json.loads(out.getvalue())) == {"people", "staff"}


def test_safety_27_made_up_people_never_enter_a_real_country(settings, monkeypatch):
    settings.DEMO = False
    monkeypatch.setattr("sys.stdin", io.StringIO('{"agencies": []}'))

    with pytest.raises(CommandError, match="demo only"):
        call_command("prepare_demo")

    assert not Account.objects.exists()
