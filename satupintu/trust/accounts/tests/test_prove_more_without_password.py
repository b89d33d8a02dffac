# SPDX-License-Identifier: Apache-2.0
"""Fresh proof of an account that has passkeys and no password."""

from datetime import timedelta

import pytest
import time_machine
from django.urls import reverse
from django.utils import timezone

from satupintu.trust.accounts import actions
from satupintu.trust.accounts.models import RecoveryCode

from .authenticators import SoftwarePasskey
from .factories import AccountFactory, sign_in
from .test_use_passkey import add, ask

pytestmark = pytest.mark.django_db


@pytest.fixture
def sari(client):
    account = AccountFactory(email="sari@surat.nusa")
    account.passkey = SoftwarePasskey()
    sign_in(client, account, level=1)
    add(client, account.passkey)
    account.code = actions.make_recovery_codes(account_id=account.pk, at=timezone.now())[0]
    return account


def test_safety_02_a_recovery_code_alone_is_no_fresh_proof(client, sari):
    with time_machine.travel(timezone.now() + timedelta(minutes=20)):
        asked = client.get(reverse("accounts:change_email"))

        page = client.post(asked.url, {"code": sari.code})

        assert page.status_code == 422
        assert client.get(reverse("accounts:change_email")).status_code == 302
    assert not RecoveryCode.objects.filter(used_at__isnull=False).exists()


def test_safety_02_a_recovery_code_alone_brings_no_lapsed_session_back_to_al2(client, sari):
    with time_machine.travel(timezone.now() + timedelta(hours=2)):
        page = client.post(reverse("accounts:step_up"), {"code": sari.code})

        assert page.status_code == 422
        assert client.get(reverse("accounts:step_up")).status_code == 200


def test_the_page_asks_for_the_passkey_and_for_nothing_that_would_not_do(client, sari):
    with time_machine.travel(timezone.now() + timedelta(minutes=20)):
        text = client.get(client.get(reverse("accounts:change_email")).url).content.decode()
        answer = sari.passkey.get(ask(client, "passkey_options"))
        back = client.post(
            reverse("accounts:step_up"),
            {"credential": answer, "fresh": "1", "next": reverse("accounts:change_email")},
        )

        assert 'name="code"' not in text
        assert back.url == reverse("accounts:change_email")
        assert client.get(back.url).status_code == 200
