# SPDX-License-Identifier: Apache-2.0
import re

import pytest
from allauth.mfa.models import Authenticator
from cryptography.fernet import Fernet
from django.core import mail
from django.urls import reverse
from django.utils import timezone

from satupintu.foundation import crypto
from satupintu.trust.accounts import actions, queries, tasks
from satupintu.trust.accounts.models import Account, AccountSession, Activity, RecoveryCode

from .factories import PASSWORD, AccountFactory, sign_in
from .mailbox import read_code, read_mails, run_jobs
from .test_sign_in import SECRET
from .test_sign_up import read_secret, show_code

pytestmark = pytest.mark.django_db

SARI = "sari@surat.nusa"
NEW = "tujuh belas agustus pagi"


@pytest.fixture
def sari(client):
    actions.create_demo_account(
        email=SARI,
        full_name="Sari Wulandari",
        password=PASSWORD,
        totp_secret=SECRET,
        language="id",
        at=timezone.now(),
    )
    account = Account.objects.get(email=SARI)
    sign_in(client, account)
    return account


def get_level(client):
    assurance = queries.get_assurance(session=client.session, at=timezone.now())
    return assurance and assurance.level


def test_a_new_password_ends_all_other_sign_ins_and_keeps_this_one(client, sari):
    sign_in(type(client)(), sari)

    page = client.post(reverse("accounts:change_password"), {"password": NEW}, follow=True)

    assert page.status_code == 200
    assert "Kata sandi Anda sudah diubah" in page.content.decode()
    assert get_level(client) == 2
    assert AccountSession.objects.filter(account_id=sari.pk).count() == 1
    assert [one.subject for one in read_mails()] == ["Ada perubahan di akun Anda"]


@pytest.mark.parametrize("password", ["Sari Wulandari", "sari@surat.nusa", "pendek", "bismillah99"])
def test_safety_03_a_refused_password_says_why_at_its_field(client, sari, password):
    page = client.post(reverse("accounts:change_password"), {"password": password})

    assert page.status_code == 422
    assert 'href="#id_password"' in page.content.decode()


def test_a_new_address_is_confirmed_and_only_the_old_one_hears_of_it_without_seeing_it(
    client, sari
):
    client.post(reverse("accounts:change_email"), {"email": "Baru@surat.nusa"})
    client.post(reverse("accounts:email_code"), {"code": read_code("baru@surat.nusa")})

    assert Account.objects.get().email == "baru@surat.nusa"
    notices = [one for one in read_mails() if "perubahan" in one.subject]
    assert [one.to for one in notices] == [[SARI]]
    assert "baru" not in notices[0].body.replace("Kode Anda", "").lower().replace("perubahan", "")


def test_safety_12_the_old_address_sees_no_new_contact_device_or_place(client, sari):
    client.post(
        reverse("accounts:change_email"),
        {"email": "baru@surat.nusa"},
        headers={"user-agent": "Firefox/1 (Windows)"},
    )
    client.post(reverse("accounts:email_code"), {"code": read_code("baru@surat.nusa")})

    (notice,) = [one for one in read_mails() if one.to == [SARI]]
    for word in ("baru@surat.nusa", "Firefox", "Windows", "127.0", "http"):
        assert word not in notice.body


def test_an_old_address_is_kept_no_longer_than_until_it_was_told(client, sari):
    client.post(reverse("accounts:new_codes"))
    sealed = Activity.objects.exclude(sealed_address="").get().sealed_address
    assert SARI not in sealed

    run_jobs()

    assert not Activity.objects.exclude(sealed_address="").exists()


def test_a_notice_that_is_carried_out_twice_is_sent_once(client, sari):
    client.post(reverse("accounts:new_codes"))
    line = Activity.objects.exclude(sealed_address="").get()

    for _ in range(2):
        tasks.send_notice(account_id=str(sari.pk), activity_id=str(line.id))

    assert len(mail.outbox) == 1


def test_an_address_that_has_an_account_is_not_given_away(client, sari):
    AccountFactory(email="tetangga@surat.nusa")

    page = client.post(
        reverse("accounts:change_email"), {"email": "tetangga@surat.nusa"}, follow=True
    )

    assert page.status_code == 200
    assert client.post(reverse("accounts:email_code"), {"code": "123456"}).status_code == 422
    assert [one.subject for one in read_mails()] == ["Anda sudah punya akun"]


def test_new_codes_replace_the_old_ones(client, sari):
    old = actions.make_recovery_codes(account_id=sari.pk, at=timezone.now())[0]

    page = client.post(reverse("accounts:new_codes"), follow=True)

    new = re.findall(r"<code>([0-9A-Z-]{19})</code>", page.content.decode())[0]
    at = timezone.now()
    with pytest.raises(actions.RecoveryCodeWrong):
        actions.use_recovery_code(account_id=sari.pk, typed=old, at=at)
    actions.use_recovery_code(account_id=sari.pk, typed=new, at=at)
    assert RecoveryCode.objects.filter(account_id=sari.pk).count() == 8


def test_an_app_is_set_up_by_its_code_and_brings_al2_and_the_first_codes(client):
    account = AccountFactory(with_password=True)
    sign_in(client, account, level=1)
    secret = read_secret(client.get(reverse("accounts:add_app")))
    assert client.post(reverse("accounts:add_app"), {"code": "000000"}).status_code == 422

    page = client.post(reverse("accounts:add_app"), {"code": show_code(secret)})

    assert page.url == reverse("accounts:recovery_codes")
    assert get_level(client) == 2
    assert client.post(reverse("accounts:add_app"), {"code": "1"}).url == reverse(
        "accounts:security"
    )


def test_the_last_second_factor_stays(client, sari):
    page = client.post(reverse("accounts:remove_app"), follow=True)

    assert Authenticator.objects.count() == 1
    assert "tidak bisa dihapus" in page.content.decode()


def test_a_password_without_passkeys_stays(client, sari):
    client.post(reverse("accounts:remove_password"))

    assert Account.objects.get().has_usable_password()


def test_a_name_is_changed_and_written_down_but_nobody_is_mailed(client, sari):
    client.post(reverse("accounts:change_name"), {"full_name": "  Sari   W. "})

    assert Account.objects.get().full_name == "Sari W."
    assert read_mails() == []


def test_a_chosen_language_is_kept_with_the_account(client, sari):
    page = client.post(reverse("accounts:choose_language"), {"language": "en"}, follow=True)

    assert "Your account" in page.content.decode()
    assert Account.objects.get().language == "en"


def test_an_unknown_language_changes_nothing(client, sari):
    client.post(reverse("accounts:choose_language"), {"language": "xx"})

    assert Account.objects.get().language == "id"


def test_secrets_move_under_the_newest_key_and_still_open(client, sari, settings):
    client.post(reverse("accounts:new_codes"))
    old_keys = list(settings.ENCRYPTION_KEYS)
    settings.ENCRYPTION_KEYS = [Fernet.generate_key().decode(), *old_keys]

    assert actions.rotate_secrets() == 2

    settings.ENCRYPTION_KEYS = settings.ENCRYPTION_KEYS[:1]
    assert crypto.decrypt(Authenticator.objects.get().data["secret"]) == SECRET
    line = Activity.objects.exclude(sealed_address="").get()
    assert crypto.decrypt(line.sealed_address) == SARI
