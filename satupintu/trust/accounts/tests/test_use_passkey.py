# SPDX-License-Identifier: Apache-2.0
import json

import pytest
from allauth.mfa.models import Authenticator
from django.urls import reverse
from django.utils import timezone

from satupintu.trust.accounts import queries
from satupintu.trust.accounts.models import Account

from .authenticators import SoftwarePasskey
from .factories import AccountFactory, sign_in
from .mailbox import read_code, read_mails
from .test_sign_up import SARI, give_name_and_address

pytestmark = pytest.mark.django_db


def ask(client, name):
    return json.loads(client.post(reverse(f"accounts:{name}")).content)


def add(client, passkey):
    answer = passkey.create(ask(client, "passkey_creation"))
    return client.post(reverse("accounts:add_passkey"), {"credential": answer})


def use(client, passkey, **more):
    answer = passkey.get(ask(client, "passkey_options"))
    return client.post(reverse("accounts:passkey_sign_in"), {"credential": answer} | more)


@pytest.fixture
def sari(client):
    account = AccountFactory(email=SARI)
    account.passkey = SoftwarePasskey()
    sign_in(client, account, level=1)
    add(client, account.passkey)
    client.logout()
    return account


def test_a_person_signs_up_with_a_passkey_and_needs_nothing_else(client):
    passkey = SoftwarePasskey()
    give_name_and_address(client)
    client.post(reverse("accounts:signup_code"), {"code": read_code(SARI)})
    answer = passkey.create(ask(client, "signup_passkey_options"))

    page = client.post(reverse("accounts:signup_guard"), {"credential": answer}, follow=True)

    assert page.content.decode().count("<code>") == 8
    assert not Account.objects.get().has_usable_password()
    assert queries.get_assurance(session=client.session, at=timezone.now()).level == 2
    client.logout()
    assert use(client, passkey).url == "/home/"


def test_a_passkey_alone_is_al2_and_goes_where_the_person_wanted(client, sari):
    page = use(client, sari.passkey, next="/services/")

    assurance = queries.get_assurance(session=client.session, at=timezone.now())
    assert page.url == "/services/"
    assert assurance.level == 2
    assert assurance.methods == ("swk", "user", "mfa")


def test_a_key_that_cannot_leave_its_device_says_so(client):
    sign_in(client, AccountFactory(), level=1)
    passkey = SoftwarePasskey(synchronised=False)
    add(client, passkey)
    client.logout()

    use(client, passkey)

    methods = queries.get_assurance(session=client.session, at=timezone.now()).methods
    assert methods == ("hwk", "user", "mfa")


def test_a_passkey_without_user_verification_is_refused(client, sari):
    sari.passkey.flags &= ~0x04

    page = use(client, sari.passkey)

    assert page.status_code == 422
    assert "_auth_user_id" not in client.session


def test_a_passkey_used_on_another_site_is_refused(client, sari):
    sari.passkey.origin = "https://satu-pintu.example"

    assert use(client, sari.passkey).status_code == 422


def test_an_answer_counts_once(client, sari):
    answer = sari.passkey.get(ask(client, "passkey_options"))
    client.post(reverse("accounts:passkey_sign_in"), {"credential": answer})
    client.logout()

    again = client.post(reverse("accounts:passkey_sign_in"), {"credential": answer})

    assert again.status_code == 422


def test_an_answer_to_another_browsers_question_is_refused(client, sari):
    answer = sari.passkey.get(ask(type(client)(), "passkey_options"))

    page = client.post(reverse("accounts:passkey_sign_in"), {"credential": answer})

    assert page.status_code == 422


def test_two_tabs_do_not_spoil_each_others_question(client, sari):
    first = ask(client, "passkey_options")
    ask(client, "passkey_options")

    answer = sari.passkey.get(first)

    page = client.post(reverse("accounts:passkey_sign_in"), {"credential": answer})
    assert page.url == "/home/"


def test_another_persons_key_does_not_open_this_account(client, sari):
    stranger = SoftwarePasskey()
    stranger.id, stranger.handle = sari.passkey.id, sari.passkey.handle

    assert use(client, stranger).status_code == 422


def test_a_counter_that_goes_back_is_a_copied_key(client, sari):
    sari.passkey.counter = 7
    assert use(client, sari.passkey).url == "/home/"
    client.logout()

    assert use(client, sari.passkey).status_code == 422


@pytest.mark.parametrize("answer", ["", "{}", "[]", "no json", '{"id": 1}', '{"response": null}'])
def test_nonsense_is_refused_kindly(client, sari, answer):
    page = client.post(reverse("accounts:passkey_sign_in"), {"credential": answer})

    assert page.status_code == 422
    assert "<title>Kesalahan: " in page.content.decode()


def test_adding_a_passkey_raises_the_session_makes_codes_and_is_told_of(client):
    account = AccountFactory(with_password=True)
    sign_in(client, account, level=1)

    page = add(client, SoftwarePasskey())

    assert page.url == reverse("accounts:recovery_codes")
    assert queries.get_assurance(session=client.session, at=timezone.now()).level == 2
    assert [one.to for one in read_mails()] == [[account.email]]


def test_the_same_passkey_is_added_once(client):
    sign_in(client, AccountFactory(), level=1)
    passkey = SoftwarePasskey()
    add(client, passkey)

    add(client, passkey)

    assert Authenticator.objects.count() == 1


def test_the_only_passkey_cannot_be_removed_and_one_of_two_can(client, sari):
    sign_in(client, sari)
    first = Authenticator.objects.get()
    client.post(reverse("accounts:remove_passkey", args=[first.pk]))
    assert Authenticator.objects.count() == 1

    add(client, SoftwarePasskey())
    client.post(reverse("accounts:remove_passkey", args=[first.pk]))

    assert not Authenticator.objects.filter(pk=first.pk).exists()
    assert Authenticator.objects.count() == 1


def test_a_passkey_of_somebody_else_cannot_be_removed(client, sari):
    entry = Authenticator.objects.get()
    sign_in(client, AccountFactory(), level=1)

    client.post(reverse("accounts:remove_passkey", args=[entry.pk]))

    assert Authenticator.objects.filter(pk=entry.pk).exists()


def test_a_passkey_proves_more_only_for_its_own_person(client, sari):
    other = AccountFactory(with_password=True)
    theirs = SoftwarePasskey()
    sign_in(client, other, level=1)
    add(client, theirs)
    client.post(reverse("accounts:recovery_codes"))
    client.logout()
    sign_in(client, sari, level=1)
    answer = theirs.get(ask(client, "passkey_options"))

    page = client.post(reverse("accounts:step_up"), {"credential": answer})

    assert page.status_code == 422
    answer = sari.passkey.get(ask(client, "passkey_options"))
    assert client.post(reverse("accounts:step_up"), {"credential": answer}).status_code == 302
    assert queries.get_assurance(session=client.session, at=timezone.now()).level == 2


def test_options_name_nobody(client, sari):
    options = ask(client, "passkey_options")["publicKey"]

    assert not options.get("allowCredentials")
    assert options["userVerification"] == "required"
    assert options["rpId"] == "localhost"
