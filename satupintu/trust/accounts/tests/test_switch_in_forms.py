# SPDX-License-Identifier: Apache-2.0
"""The language is changed in the middle of a form: nothing is done, nothing is lost (ADR 0033)."""

import re

import pytest
from django.urls import reverse

from satupintu.trust.accounts.models import AccountSession, Activity

from .factories import AccountFactory
from .mailbox import read_mails

pytestmark = pytest.mark.django_db

PASSWORD = "delapan belas ribu pulau"


def read_value(answer, name):
    found = re.search(rf'name="{name}"[^>]* value="([^"]*)"', answer.content.decode())
    return found[1] if found else ""


def test_a_half_filled_sign_up_comes_back_in_the_other_language_and_sends_no_mail(client):
    answer = client.post(
        f"{reverse('account_signup')}?next=/inbox/",
        {"full_name": "Nur'aini", "email": "nur@surat.nusa", "next": "/inbox/", "lang": "en"},
    )

    assert answer.status_code == 200
    assert '<html lang="en">' in answer.content.decode()
    assert read_value(answer, "full_name") == "Nur&#39;aini"
    assert read_value(answer, "email") == "nur@surat.nusa"
    assert read_value(answer, "next") == "/inbox/"
    assert read_mails() == []
    assert not AccountSession.objects.exists()


def test_after_a_mistake_the_way_on_is_kept_too(client):
    answer = client.post(
        reverse("account_login"),
        {"email": "nur@", "password": PASSWORD, "next": "/inbox/"},
    )
    assert answer.status_code == 422
    button = re.search(r'<button[^>]*name="lang"[^>]*>', answer.content.decode())[0]
    assert "formaction" not in button

    answer = client.post(
        reverse("account_login"),
        {"email": "nur@", "password": PASSWORD, "next": "/inbox/", "lang": "en"},
    )

    assert answer.status_code == 200
    assert read_value(answer, "next") == "/inbox/"
    assert read_value(answer, "email") == "nur@"


def test_a_right_password_signs_nobody_in_by_the_switch_and_is_no_try(client):
    account = AccountFactory(with_password=PASSWORD)

    answer = client.post(
        reverse("account_login"), {"email": account.email, "password": PASSWORD, "lang": "en"}
    )

    assert answer.status_code == 200
    assert PASSWORD not in answer.content.decode()
    assert not AccountSession.objects.exists()
    assert not Activity.objects.exists()
