# SPDX-License-Identifier: Apache-2.0
"""What no browser sends is refused like any passkey that does not work, and none of it is kept."""

import json
import random

import pytest
from allauth.mfa.models import Authenticator
from django.urls import reverse
from django.utils import timezone
from fido2 import cbor
from fido2.utils import websafe_decode, websafe_encode

from satupintu.trust.accounts import actions

from .authenticators import SoftwarePasskey
from .factories import AccountFactory, sign_in
from .test_use_passkey import ask

pytestmark = pytest.mark.django_db

DEEP = 3_000


def encode(text):
    return websafe_encode(text.encode())


def nest(levels):
    return '{"a":' * levels + "1" + "}" * levels


@pytest.mark.parametrize(
    "answer",
    [
        "[" * 19_999,
        nest(DEEP),
        json.dumps({"rawId": "YQ", "response": {"clientDataJSON": encode(nest(2_000))}}),
        json.dumps({"rawId": "YQ", "response": {"clientDataJSON": encode("null")}}),
    ],
    ids=["array", "object", "client data", "client data that is null"],
)
def test_an_answer_of_many_levels_signs_nobody_in_and_is_refused_kindly(client, answer):
    page = client.post(reverse("accounts:passkey_sign_in"), {"credential": answer})

    assert page.status_code == 422


@pytest.mark.parametrize(
    "attestation",
    [
        b"\x81" * 9_000,
        b"",
        b"\x1a",
        b"\xff",
        cbor.encode({"fmt": "none", "attStmt": {}, "authData": bytes(37)}),
        cbor.encode({"fmt": "none", "attStmt": {}, "authData": bytes(5)}),
        cbor.encode({"fmt": "none"}),
    ],
)
def test_an_attestation_that_cannot_be_read_is_refused_kindly(client, attestation):
    sign_in(client, AccountFactory(with_password=True), level=1)
    made = json.loads(SoftwarePasskey().create(ask(client, "passkey_creation")))
    made["response"]["attestationObject"] = websafe_encode(attestation)

    page = client.post(reverse("accounts:add_passkey"), {"credential": json.dumps(made)})

    assert page.status_code == 422
    assert not Authenticator.objects.exists()


def test_whatever_bytes_change_on_the_way_the_answer_is_a_passkey_or_a_refusal():
    at = timezone.now()
    account = AccountFactory()
    chance = random.Random(5)
    for _ in range(300):
        session = {}
        options = actions.begin_creation(
            session=session, account_id=account.pk, email="a@surat.nusa", full_name="A", at=at
        )
        made = json.loads(SoftwarePasskey().create(json.loads(json.dumps(options))))
        name = chance.choice(["attestationObject", "clientDataJSON"])
        sent = bytearray(websafe_decode(made["response"][name]))
        for _change in range(chance.randint(1, 3)):
            sent[chance.randrange(len(sent))] = chance.randrange(256)
        made["response"][name] = websafe_encode(bytes(sent[: chance.randint(1, 400)]))
        try:
            actions.complete_creation(session=session, answer=made, at=at)
        except actions.PasskeyRefused:
            continue


@pytest.mark.parametrize("extra", ["\u0000", "\ud800", nest(500), "x" * 5_000])
def test_only_what_was_checked_is_kept_of_a_passkey(client, extra):
    sign_in(client, AccountFactory(with_password=True), level=1)
    passkey = SoftwarePasskey()
    made = json.loads(passkey.create(ask(client, "passkey_creation")))
    made["x"] = extra
    made["response"]["x"] = extra
    made["clientExtensionResults"] = {"x": extra}

    page = client.post(reverse("accounts:add_passkey"), {"credential": json.dumps(made)})

    assert page.status_code == 302
    kept = Authenticator.objects.get().data["credential"]
    assert set(kept) == {"id", "rawId", "type", "response", "clientExtensionResults"}
    assert set(kept["response"]) == {"clientDataJSON", "attestationObject"}
    assert kept["clientExtensionResults"] == {}
    assert kept["rawId"] == websafe_encode(passkey.id)
