# SPDX-License-Identifier: Apache-2.0
import re

import pytest
from django.urls import reverse
from django.utils import timezone

from satupintu.trust.accounts import actions, queries
from satupintu.trust.accounts.models import Account, AccountSession, RecoveryCode

from .factories import PASSWORD, AccountFactory, sign_in
from .mailbox import read_code, read_mails
from .test_sign_in import SECRET, show_code

pytestmark = pytest.mark.django_db

SARI = "sari@surat.nusa"
NEW = "tujuh belas agustus pagi"


@pytest.fixture
def sari():
    actions.create_demo_account(
        email=SARI,
        full_name="Sari Wulandari",
        password=PASSWORD,
        totp_secret=SECRET,
        language="id",
        at=timezone.now(),
    )
    return Account.objects.get(email=SARI)


def ask(client, email=SARI):
    return client.post(reverse("account_reset_password"), {"email": email}, follow=True)


def confirm(client):
    ask(client)
    return client.post(reverse("accounts:reset_code"), {"code": read_code(SARI)}, follow=True)


def choose(client, **fields):
    return client.post(reverse("accounts:reset_new"), {"password": NEW} | fields)


def is_password(typed):
    return actions.is_password_right(account=Account.objects.get(email=SARI), typed=typed)


def test_safety_04_the_mailbox_alone_changes_nothing_where_there_is_a_second_factor(client, sari):
    confirm(client)

    assert choose(client).status_code == 422
    assert choose(client, code="000000").status_code == 422

    assert is_password(PASSWORD)


def test_safety_04_a_code_by_mail_and_one_of_the_app_choose_a_password_and_sign_nobody_in(
    client, sari
):
    sign_in(type(client)(), sari)
    confirm(client)

    page = choose(client, code=show_code())

    assert page.url == reverse("account_login")
    assert is_password(NEW)
    assert "_auth_user_id" not in client.session
    assert not AccountSession.objects.filter(account_id=sari.pk).exists()
    assert "Ada perubahan di akun Anda" in [one.subject for one in read_mails()]


def test_safety_04_two_codes_by_different_ways_recover_an_account_of_passkeys(client, sari):
    Account.objects.update(password="!")
    code = actions.make_recovery_codes(account_id=sari.pk, at=timezone.now())[0]
    confirm(client)

    choose(client, code=code)

    assert is_password(NEW)


def test_a_recovery_code_is_not_used_up_by_a_password_that_is_refused(client, sari):
    code = actions.make_recovery_codes(account_id=sari.pk, at=timezone.now())[0]
    confirm(client)

    page = choose(client, password="rahasia", code=code)

    assert page.status_code == 422
    assert not RecoveryCode.objects.filter(used_at__isnull=False).exists()


def test_without_a_second_factor_the_new_password_has_fifteen_characters(client):
    AccountFactory(email=SARI, with_password=True)
    confirm(client)
    assert choose(client, password="pisang-8x").status_code == 422

    assert choose(client).status_code == 302
    assert is_password(NEW)


def test_an_unknown_address_gets_the_same_page_and_a_mail_that_says_so(client, sari):
    known, unknown = ask(client), ask(client, "tiada@surat.nusa")

    def strip(page):
        text = re.sub(r'name="csrfmiddlewaretoken" value="[^"]+"', "", page.content.decode())
        return text.replace(SARI, "").replace("tiada@surat.nusa", "")

    assert strip(known) == strip(unknown)
    assert {one.to[0]: one.subject for one in read_mails()} == {
        SARI: "Kode Anda untuk Satu Pintu",
        "tiada@surat.nusa": "Tidak ada akun dengan alamat ini",
    }


def test_no_code_fits_an_unknown_address(client):
    ask(client, "tiada@surat.nusa")

    page = client.post(reverse("accounts:reset_code"), {"code": "123456"})

    assert page.status_code == 422


def test_without_a_confirmed_code_the_last_page_is_closed(client, sari):
    ask(client)

    assert choose(client, code=show_code()).url == reverse("account_reset_password")
    assert is_password(PASSWORD)


def test_a_second_press_of_the_last_button_harms_nothing(client, sari):
    confirm(client)
    code = show_code()
    choose(client, code=code)

    again = choose(client, code=code)

    assert again.url == reverse("account_reset_password")
    assert is_password(NEW)


def test_safety_04_nothing_by_mail_ever_signs_in(client, sari):
    confirm(client)

    assert queries.get_assurance(session=client.session, at=timezone.now()) is None


def test_mails_hold_no_link_and_no_address(client, sari):
    confirm(client)
    choose(client, code=show_code())
    ask(client, "tiada@surat.nusa")

    mails = read_mails()
    assert len(mails) == 3
    for one in mails:
        assert "http" not in one.body
        assert "127.0" not in one.body
        assert one.content_subtype == "plain"
