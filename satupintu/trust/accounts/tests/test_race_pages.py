# SPDX-License-Identifier: Apache-2.0
"""Double clicks and two tabs on the pages themselves: real threads, real PostgreSQL."""

import json
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from allauth.mfa.models import Authenticator
from django.db import connection
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from satupintu.trust.accounts import actions, queries
from satupintu.trust.accounts.actions import passkeys
from satupintu.trust.accounts.models import Account, AccountSession, Activity
from satupintu.trust.accounts.session_store import SessionStore

from .authenticators import SoftwarePasskey
from .factories import PASSWORD, AccountFactory, sign_in
from .mailbox import read_code
from .test_sign_in import SECRET
from .test_sign_in import show_code as show_code_of_sari
from .test_sign_up import SARI, reach_second_factor, read_secret, show_code

pytestmark = pytest.mark.django_db(transaction=True)

NEW = "tujuh belas agustus pagi"


@pytest.fixture(autouse=True)
def no_jobs_of_others():
    """Between these tests the tables are emptied, but for that of the jobs."""

    def forget():
        with connection.cursor() as cursor:
            cursor.execute("DELETE FROM procrastinate_jobs")

    forget()
    yield
    forget()


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


def press_at_once(*presses):
    """POST each (client, address, fields) at the same moment; answers their pages."""
    barrier = Barrier(len(presses))

    def press(one):
        client, address, fields = one
        barrier.wait()
        try:
            return client.post(address, fields)
        finally:
            connection.close()

    with ThreadPoolExecutor(len(presses)) as pool:
        return list(pool.map(press, presses))


def copy(client):
    """Another tab of the same browser."""
    tab = Client()
    tab.cookies = client.cookies.copy()
    return tab


def press_twice(client, name, fields=None, args=()):
    address = reverse(name, args=args)
    return press_at_once((client, address, fields or {}), (copy(client), address, fields or {}))


def count_activity(kind):
    return Activity.objects.filter(kind=kind).count()


def find_kinds(pages):
    return sorted(page.status_code for page in pages)


def test_the_last_button_of_a_sign_up_pressed_twice_makes_one_account_and_one_session(client):
    secret = read_secret(reach_second_factor(client))

    pages = press_twice(client, "accounts:signup_second", {"code": show_code(secret)})

    assert all(page.status_code < 500 for page in pages)
    assert Account.objects.count() == 1
    assert Authenticator.objects.count() == 1
    assert AccountSession.objects.filter(account_id__isnull=False).count() == 1
    assert count_activity(Activity.Kind.ACCOUNT_MADE) == 1


def test_the_code_of_a_sign_up_pressed_twice_leads_one_of_them_on(client):
    client.post(reverse("account_signup"), {"full_name": "Sari", "email": SARI})
    code = read_code(SARI)

    pages = press_twice(client, "accounts:signup_code", {"code": code})

    assert all(page.status_code < 500 for page in pages)
    assert any(page.status_code == 302 for page in pages)
    assert not Account.objects.exists()


def test_one_code_of_the_app_from_two_browsers_signs_one_of_them_in(sari):
    browsers = [Client(), Client()]
    for browser in browsers:
        browser.post(reverse("account_login"), {"email": SARI, "password": PASSWORD})
    address, fields = reverse("accounts:second_factor"), {"code": show_code_of_sari()}

    pages = press_at_once(*((browser, address, fields) for browser in browsers))

    assert find_kinds(pages) == [302, 422]
    assert AccountSession.objects.filter(account_id=sari.pk).count() == 1


def test_one_recovery_code_from_two_browsers_signs_one_of_them_in_and_is_told_once(sari):
    code = actions.make_recovery_codes(account_id=sari.pk, at=timezone.now())[0]
    browsers = [Client(), Client()]
    for browser in browsers:
        browser.post(reverse("account_login"), {"email": SARI, "password": PASSWORD})
    address = reverse("accounts:second_factor")

    pages = press_at_once(*((browser, address, {"code": code}) for browser in browsers))

    assert find_kinds(pages) == [302, 422]
    assert count_activity(Activity.Kind.CODE_USED) == 1


def test_a_new_password_chosen_in_two_tabs_is_the_one_of_the_quicker_tab(client):
    account = AccountFactory(email=SARI, with_password=True)
    client.post(reverse("account_reset_password"), {"email": SARI})
    client.post(reverse("accounts:reset_code"), {"code": read_code(SARI)})
    address = reverse("accounts:reset_new")
    typed = [NEW, "sembilan belas pulau kecil"]

    pages = press_at_once(
        (client, address, {"password": typed[0]}), (copy(client), address, {"password": typed[1]})
    )

    account.refresh_from_db()
    chosen = [actions.is_password_right(account=account, typed=one) for one in typed]
    winners = [page.url == reverse("account_login") for page in pages]
    assert winners == chosen
    assert sorted(winners) == [False, True]
    assert count_activity(Activity.Kind.PASSWORD_RESET) == 1


def test_a_confirmation_that_a_slow_tab_writes_back_chooses_no_second_password(client):
    account = AccountFactory(email=SARI, with_password=True)
    client.post(reverse("account_reset_password"), {"email": SARI})
    client.post(reverse("accounts:reset_code"), {"code": read_code(SARI)})
    slow = client.session
    slow.load()
    client.post(reverse("accounts:reset_new"), {"password": NEW})
    slow.save()

    page = client.post(reverse("accounts:reset_new"), {"password": "sembilan belas pulau kecil"})

    account.refresh_from_db()
    assert page.url == reverse("account_reset_password")
    assert actions.is_password_right(account=account, typed=NEW)


def test_one_address_that_two_people_want_at_once_goes_to_one_of_them():
    wanted, browsers = "baru@surat.nusa", [Client(), Client()]
    presses = []
    for browser in browsers:
        sign_in(browser, AccountFactory())
        browser.post(reverse("accounts:change_email"), {"email": wanted})
        presses.append((browser, reverse("accounts:email_code"), {"code": read_code(wanted)}))

    pages = press_at_once(*presses)

    assert find_kinds(pages) == [302, 422]
    assert Account.objects.filter(email=wanted).count() == 1
    assert count_activity(Activity.Kind.EMAIL_CHANGED) == 1


def test_a_session_ended_in_two_tabs_is_ended_once(client):
    account = AccountFactory()
    other = sign_in(Client(), account)
    sign_in(client, account)

    pages = press_twice(client, "accounts:end_session", args=[other.row.id])

    assert find_kinds(pages) == [302, 302]
    assert count_activity(Activity.Kind.SESSION_ENDED) == 1


def test_all_others_ended_from_two_places_at_once_end_without_an_error(client):
    account = AccountFactory()
    elsewhere = Client()
    sign_in(client, account)
    sign_in(elsewhere, account)
    address = reverse("accounts:end_others")

    pages = press_at_once((client, address, {}), (elsewhere, address, {}))

    assert all(page.status_code < 500 for page in pages)
    assert AccountSession.objects.filter(account_id=account.pk).count() <= 1


def make_passkey_of(account):
    """Kept as a browser would have made it."""
    session = SessionStore()
    options = passkeys.begin_creation(
        session=session,
        account_id=account.pk,
        email=account.email,
        full_name=account.full_name,
        at=timezone.now(),
    )
    credential = passkeys.complete_creation(
        session=session, answer=json.loads(SoftwarePasskey().create(options)), at=timezone.now()
    )
    passkeys.store_passkey(
        account_id=account.pk, name="Ponsel", credential=credential, at=timezone.now()
    )


def test_app_and_passkey_removed_in_two_tabs_leave_one_of_them(client, sari):
    make_passkey_of(sari)
    sign_in(client, sari)
    passkey = queries.get_guards(account_id=sari.pk).passkeys[0]

    pages = press_at_once(
        (client, reverse("accounts:remove_app"), {}),
        (copy(client), reverse("accounts:remove_passkey", args=[passkey.id]), {}),
    )

    guards = queries.get_guards(account_id=sari.pk)
    assert all(page.status_code < 500 for page in pages)
    assert guards.has_second_factor
    assert guards.has_app != bool(guards.passkeys)


def test_password_and_the_only_passkey_removed_in_two_tabs_leave_a_way_in(client, sari):
    make_passkey_of(sari)
    sign_in(client, sari)
    passkey = queries.get_guards(account_id=sari.pk).passkeys[0]

    pages = press_at_once(
        (client, reverse("accounts:remove_password"), {}),
        (copy(client), reverse("accounts:remove_passkey", args=[passkey.id]), {}),
    )

    guards = queries.get_guards(account_id=sari.pk)
    assert all(page.status_code < 500 for page in pages)
    assert guards.passkeys or (guards.has_password and guards.has_app)


def test_the_last_two_passkeys_removed_in_two_tabs_leave_one(client):
    account = AccountFactory()
    make_passkey_of(account)
    make_passkey_of(account)
    sign_in(client, account)
    first, second = queries.get_guards(account_id=account.pk).passkeys

    press_at_once(
        (client, reverse("accounts:remove_passkey", args=[first.id]), {}),
        (copy(client), reverse("accounts:remove_passkey", args=[second.id]), {}),
    )

    assert len(queries.get_guards(account_id=account.pk).passkeys) == 1


def test_a_password_changed_by_a_double_click_stays_changed_and_leaves_no_stray_session(
    client, sari
):
    sign_in(client, sari)

    pages = press_twice(client, "accounts:change_password", {"password": NEW})

    sari.refresh_from_db()
    assert all(page.status_code < 500 for page in pages)
    assert actions.is_password_right(account=sari, typed=NEW)
    assert AccountSession.objects.filter(account_id=sari.pk).count() <= 1


def test_two_browsers_that_change_the_password_at_once_never_both_stay(sari):
    browsers = [Client(), Client()]
    for browser in browsers:
        sign_in(browser, sari)
    address = reverse("accounts:change_password")

    pages = press_at_once(*((browser, address, {"password": NEW}) for browser in browsers))

    assert all(page.status_code < 500 for page in pages)
    assert AccountSession.objects.filter(account_id=sari.pk).count() <= 1


def test_a_double_click_on_sign_out_signs_out(client):
    account = AccountFactory()
    sign_in(client, account)

    pages = press_twice(client, "account_logout")

    assert all(page.status_code < 500 for page in pages)
    assert not AccountSession.objects.filter(account_id=account.pk).exists()


def test_new_codes_asked_for_by_a_double_click_are_one_set(client, sari):
    sign_in(client, sari)

    pages = press_twice(client, "accounts:new_codes")

    assert all(page.status_code < 500 for page in pages)
    assert queries.get_guards(account_id=sari.pk).unused_codes == 8
