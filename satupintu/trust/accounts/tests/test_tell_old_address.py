# SPDX-License-Identifier: Apache-2.0
"""Whatever changes what guards an account, its mailbox hears of it: safely, and only of that."""

import re

import pytest
from allauth.mfa.models import Authenticator
from django.utils import timezone

from satupintu.trust.accounts import actions
from satupintu.trust.accounts.actions import factors
from satupintu.trust.accounts.models import Account, Activity
from satupintu.trust.accounts.queries import Origin

from .factories import PASSWORD, AccountFactory
from .mailbox import read_mails
from .test_sign_in import SECRET, show_code

pytestmark = pytest.mark.django_db

NEW = "tujuh belas agustus pagi"
HERE = Origin(device="Chrome, Android", network="36.81.x.x")


@pytest.fixture
def sari():
    actions.create_demo_account(
        email="sari@surat.nusa",
        full_name="Sari Wulandari",
        password=PASSWORD,
        totp_secret=SECRET,
        language="id",
        at=timezone.now(),
    )
    return Account.objects.get(email="sari@surat.nusa")


def give_passkey(account, name="Ponsel"):
    return Authenticator.objects.create(
        user=account, type=Authenticator.Type.WEBAUTHN, data={"name": name}
    )


def change_by(**given):
    return {"origin": HERE, "session_id": None, "at": timezone.now()} | given


def change_password(account):
    actions.change_password(**change_by(account_id=account.pk, typed=NEW))


def remove_password(account):
    give_passkey(account)
    actions.remove_password(**change_by(account_id=account.pk))


def replace_app(account):
    Authenticator.objects.all().delete()
    proof = factors.AppProof(secret=SECRET, step=0)
    actions.add_app(**change_by(account_id=account.pk, proof=proof))


def remove_app(account):
    give_passkey(account)
    actions.remove_app(**change_by(account_id=account.pk))


def remove_passkey(account):
    passkey = give_passkey(account)
    actions.remove_passkey(**change_by(account_id=account.pk, passkey_id=passkey.pk))


def renew_codes(account):
    actions.renew_recovery_codes(**change_by(account_id=account.pk))


def use_code(account):
    code = actions.make_recovery_codes(account_id=account.pk, at=timezone.now())[0]
    actions.check_second_factor(account=account, typed=code, origin=HERE, at=timezone.now())


def change_email(account):
    actions.change_email(**change_by(account_id=account.pk, email="baru@surat.nusa"))


CHANGES = [
    change_password,
    remove_password,
    replace_app,
    remove_app,
    remove_passkey,
    renew_codes,
    use_code,
    change_email,
]


@pytest.mark.parametrize("change", CHANGES, ids=lambda change: change.__name__)
@pytest.mark.parametrize("language", ["id", "en"])
def test_each_change_is_told_once_to_the_address_from_before_it(sari, change, language):
    actions.choose_language(account_id=sari.pk, language=language)

    change(sari)

    mails = read_mails()
    assert [mail.to for mail in mails] == [["sari@surat.nusa"]]
    assert (
        Activity.objects.filter(account_id=sari.pk).exclude(kind=Activity.Kind.ACCOUNT_MADE).count()
        == 1
    )


@pytest.mark.parametrize("change", CHANGES, ids=lambda change: change.__name__)
@pytest.mark.parametrize("language", ["id", "en"])
def test_safety_12_what_is_told_holds_no_link_no_contact_no_device_and_no_place(
    sari, change, language
):
    actions.choose_language(account_id=sari.pk, language=language)

    change(sari)

    [mail] = read_mails()
    text = mail.subject + mail.body
    assert not re.search(r"https?:|www\.|\b\w+\.(nusa|com|id)\b", text)
    assert "@" not in text
    assert not any(word in text for word in ("Chrome", "Android", "36.81", NEW, SECRET, "Ponsel"))
    assert not re.search(r"[0-9A-Z]{4}-[0-9A-Z]{4}", text)


def test_a_refused_change_tells_nobody(sari):
    with pytest.raises(actions.LastGuard):
        actions.remove_app(**change_by(account_id=sari.pk))
    with pytest.raises(actions.LastGuard):
        actions.remove_password(**change_by(account_id=sari.pk))

    assert read_mails() == []


def test_an_address_that_was_taken_meanwhile_tells_nobody_and_changes_nothing(sari):
    AccountFactory(email="baru@surat.nusa")

    with pytest.raises(actions.AccountExists):
        change_email(sari)

    sari.refresh_from_db()
    assert sari.email == "sari@surat.nusa"
    assert read_mails() == []


def test_a_change_to_what_it_is_already_tells_nobody(sari):
    actions.change_email(**change_by(account_id=sari.pk, email=sari.email))
    actions.remove_passkey(**change_by(account_id=sari.pk, passkey_id=404))

    assert read_mails() == []


def test_a_code_of_the_app_is_no_change_and_tells_nobody(sari):
    actions.check_second_factor(account=sari, typed=show_code(), origin=HERE, at=timezone.now())

    assert read_mails() == []


def test_the_old_address_is_kept_encrypted_until_it_was_told_and_then_not_at_all(sari):
    change_email(sari)
    waiting = Activity.objects.get(kind=Activity.Kind.EMAIL_CHANGED).sealed_address
    assert waiting
    assert "sari@surat.nusa" not in waiting

    read_mails()

    assert Activity.objects.get(kind=Activity.Kind.EMAIL_CHANGED).sealed_address == ""


@pytest.mark.parametrize("change", CHANGES, ids=lambda change: change.__name__)
def test_safety_12_whoever_is_told_may_pause_the_account_with_the_code_in_the_mail(sari, change):
    change(sari)
    [mail] = read_mails()
    [code] = re.findall(r"\b(?:[0-9A-Z]{4} ){4}[0-9A-Z]{4}\b", mail.body)

    pausing = actions.use_pause_code(typed=code, origin=HERE, at=timezone.now())

    assert pausing.is_new
    assert pausing.pause.origin == "guard"
    sari.refresh_from_db()
    with pytest.raises(actions.AccountPaused):
        actions.renew_recovery_codes(**change_by(account_id=sari.pk))
