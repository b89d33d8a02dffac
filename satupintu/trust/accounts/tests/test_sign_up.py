# SPDX-License-Identifier: Apache-2.0
import html
import re

import pytest
from allauth.mfa.models import Authenticator
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from satupintu.trust.accounts import actions, queries
from satupintu.trust.accounts.models import Account, RecoveryCode
from satupintu.trust.accounts.rules import totp

from .factories import AccountFactory
from .mailbox import read_code, read_mails

pytestmark = pytest.mark.django_db

SARI = "sari@surat.nusa"
GOOD = "delapan belas ribu pulau"


def give_name_and_address(client, email=SARI, name="Sari Wulandari", **more):
    return client.post(
        reverse("account_signup"), {"full_name": name, "email": email} | more, follow=True
    )


def reach_second_factor(client, password=GOOD):
    give_name_and_address(client)
    client.post(reverse("accounts:signup_code"), {"code": read_code(SARI)})
    return client.post(reverse("accounts:signup_guard"), {"password": password}, follow=True)


def read_secret(page):
    return re.search(r'id="app-secret">([A-Z2-7 ]+)<', page.content.decode()).group(1)


def show_code(secret, steps=0):
    step = totp.compute_step(timezone.now()) + steps
    return totp.compute_code(secret.replace(" ", ""), step)


def finish(client):
    secret = read_secret(reach_second_factor(client))
    return client.post(reverse("accounts:signup_second"), {"code": show_code(secret)}, follow=True)


def test_a_person_signs_up_with_password_and_app_and_sees_her_codes_once(client):
    page = finish(client)

    account = Account.objects.get()
    codes = re.findall(r"<code>([0-9A-Z-]{19})</code>", page.content.decode())
    assert (account.email, account.full_name, account.language) == (SARI, "Sari Wulandari", "id")
    assert len(codes) == 8
    assert queries.get_assurance(session=client.session, at=timezone.now()).level == 2
    onward = client.post(reverse("accounts:recovery_codes"))
    assert onward.url == "/home/"
    assert client.get(reverse("accounts:recovery_codes")).status_code == 302


def test_nothing_is_stored_before_the_last_proof(client):
    reach_second_factor(client)

    assert not Account.objects.exists()
    assert not Authenticator.objects.exists()


def test_where_the_person_wanted_to_go_is_kept_through_the_sign_up(client):
    give_name_and_address(client, next="/services/?kind=tax")
    client.post(reverse("accounts:signup_code"), {"code": read_code(SARI)})
    page = client.post(reverse("accounts:signup_guard"), {"password": GOOD}, follow=True)
    client.post(reverse("accounts:signup_second"), {"code": show_code(read_secret(page))})

    assert client.post(reverse("accounts:recovery_codes")).url == "/services/?kind=tax"


def test_an_address_elsewhere_is_no_place_to_go_to(client):
    give_name_and_address(client, next="https://elsewhere.example/")
    client.post(reverse("accounts:signup_code"), {"code": read_code(SARI)})
    page = client.post(reverse("accounts:signup_guard"), {"password": GOOD}, follow=True)
    client.post(reverse("accounts:signup_second"), {"code": show_code(read_secret(page))})

    assert client.post(reverse("accounts:recovery_codes")).url == "/home/"


def test_safety_05_recovery_codes_have_64_bits_and_are_kept_as_salted_hashes(client):
    page = finish(client)

    codes = re.findall(r"<code>([0-9A-Z-]{19})</code>", page.content.decode())
    rows = list(RecoveryCode.objects.all())
    secret_characters = 16 - actions.factors.SELECTOR
    assert secret_characters * 5 >= 64
    assert len({row.secret_hash for row in rows}) == 8
    assert all(row.secret_hash.startswith("argon2") for row in rows)
    for code in codes:
        assert all(code.replace("-", "")[3:] not in row.secret_hash for row in rows)


def test_the_secret_of_the_app_is_encrypted_in_the_database_and_in_the_session(client):
    page = reach_second_factor(client)
    secret = read_secret(page).replace(" ", "")

    assert secret not in str(dict(client.session.items()))
    client.post(reverse("accounts:signup_second"), {"code": show_code(secret)})

    assert secret not in str(Authenticator.objects.get().data)


def test_an_existing_address_gets_the_same_page_and_its_owner_gets_a_mail(client, settings):
    AccountFactory(email="ada@surat.nusa")

    known = give_name_and_address(client, email="ada@surat.nusa")
    fresh = give_name_and_address(client, email="baru@surat.nusa")

    def without_address(page):
        text = re.sub(r'name="csrfmiddlewaretoken" value="[^"]+"', "", page.content.decode())
        return text.replace("ada@surat.nusa", "").replace("baru@surat.nusa", "")

    assert known.status_code == fresh.status_code == 200
    assert without_address(known) == without_address(fresh)
    subjects = {one.to[0]: one.subject for one in read_mails()}
    assert subjects == {
        "ada@surat.nusa": "Anda sudah punya akun",
        "baru@surat.nusa": "Kode Anda untuk Satu Pintu",
    }


@pytest.mark.parametrize("name", ["account_signup", "account_reset_password"])
def test_an_address_with_an_account_costs_as_many_statements_as_one_without(client, name):
    AccountFactory(email="ada@surat.nusa")
    work = []
    client.get(reverse(name))
    for email in ("lain@surat.nusa", "ada@surat.nusa", "baru@surat.nusa"):
        with CaptureQueriesContext(connection) as statements:
            client.post(reverse(name), {"full_name": "Ada", "email": email})
        work.append([query["sql"].split(" ")[0] for query in statements])

    # The first opened the session; the others compare.
    assert work[1] == work[2]


def test_no_code_fits_an_address_that_has_an_account(client):
    AccountFactory(email="ada@surat.nusa")
    give_name_and_address(client, email="ada@surat.nusa")

    for code in ("000000", "123456"):
        page = client.post(reverse("accounts:signup_code"), {"code": code})
        assert page.status_code == 422


def test_a_wrong_code_says_so_and_after_five_none_fits_any_more(client):
    give_name_and_address(client)
    right = read_code(SARI)
    wrong = "000000" if right != "000 000" else "000001"
    for _ in range(5):
        page = client.post(reverse("accounts:signup_code"), {"code": wrong})
        assert page.status_code == 422
        assert "<title>Kesalahan: " in page.content.decode()

    used_up = client.post(reverse("accounts:signup_code"), {"code": right})

    assert used_up.status_code == 422
    assert not client.session["accounts.sign_up"]["pending"]["confirmed_at"]
    client.post(reverse("accounts:signup_code_again"))
    again = client.post(reverse("accounts:signup_code"), {"code": read_code(SARI)})
    assert again.url == reverse("accounts:signup_guard")


def test_a_mailbox_is_not_flooded(client):
    for _ in range(10):
        give_name_and_address(client)

    assert len(read_mails()) == 6


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("Suharto", "Suharto"),
        ("  Siti   Nur Aisyah ", "Siti Nur Aisyah"),
        ("محمد علي", "محمد علي"),
        ("I Gusti Ngurah Made Ketut Bagus Oka Sudarma, S.H.", None),
        ("D'Arcy-Núñez", None),
    ],
)
def test_names_of_every_script_and_length_are_kept(client, typed, kept):
    give_name_and_address(client, name=typed)

    assert client.session["accounts.sign_up"]["full_name"] == (kept or typed)


@pytest.mark.parametrize("typed", ["Sari 🌸", "a" * 10_000, "Sari\u202eidnaluW", "12345", ""])
def test_what_is_no_name_is_refused_kindly_and_nothing_typed_is_lost(client, typed):
    page = give_name_and_address(client, name=typed)

    assert page.status_code == 422
    assert "<title>Kesalahan: " in page.content.decode()
    assert SARI in page.content.decode()


@pytest.mark.parametrize("password", ["rahasia", "bismillah", "12345678", "abcabcabc", "password1"])
def test_safety_03_short_and_common_passwords_are_refused(client, password):
    page = reach_second_factor(client, password=password)

    assert page.status_code == 422
    assert "password_hash" not in client.session["accounts.sign_up"]


def test_safety_03_eight_characters_do_with_a_second_factor_and_a_long_one_is_taken_whole(client):
    assert reach_second_factor(client, password="kucing8x").status_code == 200

    long = "pulau " * 40
    assert reach_second_factor(client, password=long).status_code == 200
    encoded = client.session["accounts.sign_up"]["password_hash"]
    account = Account(password=encoded)
    assert actions.is_password_right(account=account, typed=long)
    assert not actions.is_password_right(account=account, typed=long[:-1] + "x")


def test_safety_03_only_a_long_password_may_wait_for_its_second_factor(client):
    page = reach_second_factor(client, password="kucing8x")
    assert 'name="later"' not in page.content.decode()
    client.post(reverse("accounts:signup_second"), {"later": "1"})
    assert not Account.objects.exists()

    page = reach_second_factor(client, password=GOOD)
    assert 'name="later"' in page.content.decode()
    client.post(reverse("accounts:signup_second"), {"later": "1"})
    assert Account.objects.count() == 1
    assert queries.get_assurance(session=client.session, at=timezone.now()).level == 1


def test_the_key_of_the_session_changes_at_the_code_and_at_the_end(client):
    give_name_and_address(client)
    planted = client.session.session_key
    client.post(reverse("accounts:signup_code"), {"code": read_code(SARI)})
    confirmed = client.session.session_key
    page = client.post(reverse("accounts:signup_guard"), {"password": GOOD}, follow=True)
    client.post(reverse("accounts:signup_second"), {"code": show_code(read_secret(page))})

    assert len({planted, confirmed, client.session.session_key}) == 3


def test_a_second_press_of_the_last_button_makes_no_second_account(client):
    page = reach_second_factor(client)
    cookies = client.cookies.copy()
    code = show_code(read_secret(page))
    client.post(reverse("accounts:signup_second"), {"code": code})

    client.cookies = cookies
    again = client.post(reverse("accounts:signup_second"), {"code": code})

    assert again.status_code == 302
    assert Account.objects.count() == 1


def test_two_tabs_with_one_address_make_one_account(client, django_user_model):
    page = reach_second_factor(client)
    AccountFactory(email=SARI)

    refused = client.post(reverse("accounts:signup_second"), {"code": show_code(read_secret(page))})

    assert refused.status_code == 422
    assert Account.objects.count() == 1
    assert not Authenticator.objects.exists()


def test_the_pages_speak_both_languages(client):
    indonesian = client.get(reverse("account_signup"))
    english = client.get(reverse("account_signup"), headers={"accept-language": "en"})

    assert "Buat akun" in html.unescape(indonesian.content.decode())
    assert "Make an account" in html.unescape(english.content.decode())
