# SPDX-License-Identifier: Apache-2.0
"""Single conditions on which much rests: each falls out of a change without a page looking odd."""

import json
from datetime import timedelta

import pytest
import time_machine
from django.urls import reverse
from django.utils import timezone

from satupintu.foundation.crypto import encrypt
from satupintu.trust.accounts.models import AccountSession

from .authenticators import SoftwarePasskey
from .factories import PASSWORD, AccountFactory, sign_in
from .mailbox import read_code
from .test_sign_in import sari, show_code, type_password
from .test_use_passkey import add, ask

__all__ = ["sari"]

pytestmark = pytest.mark.django_db


def test_safety_06_a_device_that_somebody_else_knows_is_a_strangers_device(client, sari):
    AccountFactory(email="adi@surat.nusa", with_password=True)
    type_password(client, email="adi@surat.nusa")
    client.post(reverse("account_logout"))
    for _ in range(11):
        type_password(client, password="tebak tebak tebak")

    # His tries were counted with those of everybody else in this network.
    assert type_password(type(client)()).status_code == 429


def test_the_key_of_the_session_changes_when_a_mailed_code_is_right(client, sari):
    client.post(reverse("account_reset_password"), {"email": sari.email})
    planted = client.session.session_key

    client.post(reverse("accounts:reset_code"), {"code": read_code(sari.email)})

    assert client.session.session_key != planted
    assert type(client.session)(planted).row is None
    assert client.get(reverse("accounts:reset_new")).status_code == 200


def test_a_question_for_a_new_passkey_is_no_question_for_its_use(client):
    sign_in(client, AccountFactory(), level=1)
    passkey = SoftwarePasskey()
    add(client, passkey)
    creation = ask(client, "passkey_creation")["publicKey"]
    answer = passkey.get({"publicKey": {"challenge": creation["challenge"], "rpId": "localhost"}})
    used = type(client)()
    used.cookies = client.cookies

    page = used.post(reverse("accounts:passkey_sign_in"), {"credential": answer})

    assert page.status_code == 422


def test_a_question_for_the_use_of_a_passkey_is_no_question_for_a_new_one(client):
    account = AccountFactory(with_password=True)
    sign_in(client, account, level=1)
    creation = ask(client, "passkey_creation")["publicKey"]
    creation["challenge"] = ask(client, "passkey_options")["publicKey"]["challenge"]
    answer = SoftwarePasskey().create({"publicKey": creation})

    page = client.post(reverse("accounts:add_passkey"), {"credential": answer})

    assert page.status_code == 422


def test_what_was_typed_for_one_page_is_not_sent_to_another(client, sari):
    began = timezone.now()
    sign_in(client, sari, at=began)
    with time_machine.travel(began + timedelta(minutes=20)):
        client.post(reverse("accounts:change_email"), {"email": "baru@surat.nusa"})
        proof = {"password": PASSWORD, "code": show_code(timezone.now()), "fresh": "1"}

        page = client.post(
            reverse("accounts:step_up"), proof | {"next": reverse("accounts:change_name")}
        )

    assert page.status_code == 302
    assert page.url == reverse("accounts:change_name")


def test_a_session_that_has_expired_opens_nothing_before_it_is_swept(client, sari):
    sign_in(client, sari)
    assert client.get(reverse("accounts:security")).status_code == 200
    AccountSession.objects.update(expire_date=timezone.now() - timedelta(seconds=1))

    page = client.get(reverse("accounts:security"))

    assert page.url.startswith(reverse("account_login"))


@pytest.mark.parametrize("elsewhere", ["https://elsewhere.example/", "//elsewhere.example/a"])
def test_no_address_elsewhere_is_gone_to_after_the_recovery_codes(client, sari, elsewhere):
    sign_in(client, sari)
    session = client.session
    kept = {"codes": [], "next": elsewhere, "at": timezone.now().timestamp()}
    session["accounts.new_codes"] = encrypt(json.dumps(kept))
    session.save()

    page = client.post(reverse("accounts:recovery_codes"))

    assert page.url == "/home/"
