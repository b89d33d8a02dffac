# SPDX-License-Identifier: Apache-2.0
import hashlib

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from satupintu.trust.agencies import actions, queries
from satupintu.trust.agencies.models import Client

from .factories import AgencyFactory, ClientFactory

KEYS = {"keys": [{"kty": "EC", "crv": "P-256", "x": "x", "y": "y", "kid": "1"}]}

pytestmark = pytest.mark.django_db


def register(**changes):
    wanted = {
        "agency_slug": "tax",
        "name": "Situs pajak",
        "redirect_uris": ["http://127.0.0.1:8101/callback"],
        "auth_method": "client_secret_basic",
        "at": timezone.now(),
    }
    return actions.register_client(**(wanted | changes))


def test_a_secret_is_shown_once_and_only_its_hash_is_kept():
    AgencyFactory(slug="tax")

    registered = register()

    stored = Client.objects.get()
    assert stored.secret_hash == hashlib.sha256(registered.client_secret.encode()).hexdigest()
    assert registered.client_secret not in str(vars(stored))


def test_a_client_with_keys_has_no_secret():
    AgencyFactory(slug="tax")

    registered = register(auth_method="private_key_jwt", jwks=KEYS)

    assert registered.client_secret is None
    assert queries.get_client(client_id=registered.client_id).jwks == KEYS


def test_an_unknown_agency_gets_no_client():
    with pytest.raises(actions.UnknownAgency):
        register(agency_slug="nobody")


@pytest.mark.parametrize(
    "uri",
    [
        "http://pajak.nusa/callback",
        "https://pajak.nusa/callback#part",
        "https://name:word@pajak.nusa/callback",
        "javascript:alert(1)",
        "/callback",
        "https:///callback",
        "https://[pajak/callback",
        "https://pajak.nusa/*",
        "https://*.pajak.nusa/callback",
        "https://pajak.nusa/ callback",
        " https://pajak.nusa/callback",
        "https://pajak.nusa/callback\n",
        "https://pajak.nusa/call\tback",
        "https://pajak.nusa/call\x00back",
        "https://pajak.nusa/call\u200bback",
        "https://pajak.nusa/call\\back",
    ],
)
def test_an_unsafe_redirect_address_is_refused_and_nothing_is_stored(uri):
    AgencyFactory(slug="tax")

    with pytest.raises(actions.BadRedirectUri):
        register(redirect_uris=[uri])

    assert not Client.objects.exists()


def test_plain_http_to_this_machine_is_for_the_demo_alone(settings):
    AgencyFactory(slug="tax")
    settings.LOOPBACK_ALLOWED = False

    with pytest.raises(actions.BadRedirectUri):
        register()

    settings.LOOPBACK_ALLOWED = True
    assert register().client_id


@pytest.mark.parametrize(
    "changes",
    [
        {"auth_method": "none"},
        {"auth_method": "private_key_jwt"},
        {"auth_method": "private_key_jwt", "jwks": {"keys": []}},
        {"jwks": KEYS},
        {"redirect_uris": []},
        {"id_token_alg": "none"},
        {"id_token_alg": "HS256"},
    ],
)
def test_an_incomplete_description_is_refused(changes):
    AgencyFactory(slug="tax")

    with pytest.raises(actions.BadClientMetadata):
        register(**changes)


def test_the_database_itself_refuses_a_client_that_cannot_prove_itself():
    with pytest.raises(IntegrityError), transaction.atomic():
        ClientFactory(secret_hash="")


def test_safety_24_one_act_suspends_a_client_or_a_whole_agency():
    client = ClientFactory()
    other = ClientFactory(agency=client.agency)

    actions.suspend_client(client_id=client.client_id, at=timezone.now())

    assert queries.get_client(client_id=client.client_id) is None
    assert queries.get_client(client_id=other.client_id) is not None

    actions.suspend_agency(slug=client.agency.slug, at=timezone.now())

    assert queries.get_client(client_id=other.client_id) is None
    assert queries.get_agency(slug=client.agency.slug) is None
    assert queries.describe_agency(slug=client.agency.slug) is not None


def test_registering_an_agency_again_brings_it_up_to_date_and_keeps_its_id():
    first = AgencyFactory(slug="tax", name_id="Kantor Lama")

    again = actions.register_agency(
        slug="tax",
        name_id="Kantor Baru",
        name_en="New Office",
        summary_id="s",
        summary_en="s",
        level="national",
        sector="tax",
        icon="landmark",
        site_url="http://127.0.0.1:1/",
        api_url="http://127.0.0.1:1/api",
        sees=[],
        at=timezone.now(),
    )

    assert again == first.id
    assert queries.get_agency(slug="tax").name_id == "Kantor Baru"


def test_national_agencies_come_before_provincial_ones():
    AgencyFactory(slug="b", level="provincial", name_id="A")
    AgencyFactory(slug="a", level="national", name_id="Z")

    assert [card.slug for card in queries.list_agencies()] == ["a", "b"]
