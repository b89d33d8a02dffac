# SPDX-License-Identifier: Apache-2.0
from datetime import timedelta
from unittest import mock

import pytest
import time_machine
from allauth.mfa.models import Authenticator
from django.contrib.auth import hashers
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from satupintu.trust.accounts import actions, queries
from satupintu.trust.accounts.models import Account, AccountSession, Activity
from satupintu.trust.accounts.rules import totp

from .factories import PASSWORD, AccountFactory, sign_in
from .mailbox import read_mails, run_jobs

pytestmark = pytest.mark.django_db

SECRET = "JBSWY3DPEHPK3PXP"


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


def show_code(at=None):
    return totp.compute_code(SECRET, totp.compute_step(at or timezone.now()))


def type_password(client, email="sari@surat.nusa", password=PASSWORD, **more):
    return client.post(reverse("account_login"), {"email": email, "password": password} | more)


def type_code(client, code=None, **more):
    return client.post(reverse("accounts:second_factor"), {"code": code or show_code()} | more)


def get_level(client):
    assurance = queries.get_assurance(session=client.session, at=timezone.now())
    return assurance and assurance.level


def test_password_and_app_reach_al2_and_go_where_the_person_wanted(client, sari):
    first = type_password(client, email=" Sari@Surat.NUSA ", next="/services/?a=1&b=2")
    assert first.url == reverse("accounts:second_factor") + "?next=%2Fservices%2F%3Fa%3D1%26b%3D2"

    second = type_code(client, next="/services/?a=1&b=2")

    assert second.url == "/services/?a=1&b=2"
    assert get_level(client) == 2
    row = AccountSession.objects.get()
    assert [event["method"] for event in row.authentication_events] == ["password", "totp"]
    assert row.account_id == sari.pk


def test_safety_02_a_right_password_alone_opens_no_session_where_there_is_a_second_factor(
    client, sari
):
    type_password(client)

    assert get_level(client) is None
    assert client.get(reverse("accounts:security")).status_code == 302


def test_safety_02_an_account_with_a_password_alone_is_at_al1_and_led_to_a_second_factor(client):
    AccountFactory(email="adi@surat.nusa", with_password=True)

    page = type_password(client, email="adi@surat.nusa", next="/services/")

    assert page.url == reverse("accounts:second_factor_wanted") + "?next=%2Fservices%2F"
    assert get_level(client) == 1


@pytest.mark.parametrize(
    "elsewhere", ["https://elsewhere.example/", "//elsewhere.example", "/\\elsewhere.example", "x"]
)
def test_no_address_elsewhere_is_gone_to(client, sari, elsewhere):
    type_password(client, next=elsewhere)
    page = type_code(client, next=elsewhere)

    assert page.url == "/home/"


def test_the_way_back_to_an_agency_goes_through_a_page_of_its_own(client, sari):
    """A browser refuses a redirect to another site that follows a form (CSP form-action)."""
    type_password(client, next="/openid/authorize?client_id=a&scope=openid")
    page = type_code(client, next="/openid/authorize?client_id=a&scope=openid")

    assert page.status_code == 200
    assert 'content="0;url=/openid/authorize?client_id=a&amp;scope=openid"' in page.content.decode()


def test_an_unknown_address_and_a_wrong_password_look_the_same(client, sari):
    wrong = type_password(client, password="bukan kata sandinya")
    unknown = type_password(client, email="tiada@surat.nusa", password="bukan kata sandinya")

    def strip(page):
        lines = page.content.decode().splitlines()
        kept = [line for line in lines if "csrfmiddlewaretoken" not in line]
        return "\n".join(kept).replace("sari@surat.nusa", "").replace("tiada@surat.nusa", "")

    assert wrong.status_code == unknown.status_code == 422
    assert strip(wrong) == strip(unknown)


def test_an_unknown_address_costs_as_many_hashes_and_statements_as_a_known_one(client, sari):
    AccountFactory(email="tanpa@surat.nusa")  # no usable password
    work = {}
    actions.passwords._dummy_hash()
    for email in ("sari@surat.nusa", "tiada@surat.nusa", "tanpa@surat.nusa"):
        with (
            CaptureQueriesContext(
                connection,
            ) as statements,
            mock.patch.object(
                hashers.Argon2PasswordHasher,
                "verify",
                autospec=True,
                side_effect=None,
                return_value=False,
            ) as verify,
        ):
            type_password(client, email=email, password="bukan kata sandinya")
        shapes = [query["sql"].split(" ")[0] for query in statements]
        work[email] = (verify.call_count, shapes)

    assert work["sari@surat.nusa"][0] == 1
    assert len({str(done) for done in work.values()}) == 1


def test_an_app_code_counts_once(client, sari):
    code = show_code()
    type_password(client)
    type_code(client, code)
    client.logout()
    type_password(client)

    again = type_code(client, code)

    assert again.status_code == 422
    assert get_level(client) is None


def test_a_recovery_code_counts_once_however_it_is_typed_and_is_told_of(client, sari):
    code = actions.make_recovery_codes(account_id=sari.pk, at=timezone.now())[0]
    typed = actions.group_code(code).lower().replace("0", "o").replace("-", " ")
    type_password(client)

    first = type_code(client, typed)

    assert first.url == "/home/"
    assert [one.to for one in read_mails()] == [["sari@surat.nusa"]]
    client.logout()
    type_password(client)
    assert type_code(client, code).status_code == 422


def test_the_key_of_the_session_changes_with_the_sign_in(client, sari):
    type_password(client)
    planted = client.session.session_key

    type_code(client)

    assert client.session.session_key != planted
    assert type(client.session)(planted).row is None


def test_a_right_password_waits_fifteen_minutes_for_its_second_factor(client, sari):
    type_password(client)

    with time_machine.travel(timezone.now() + timedelta(minutes=16)):
        page = type_code(client, show_code())

    assert page.url == reverse("account_login")


def test_safety_06_a_strangers_tries_close_no_door_on_the_persons_own_device(client, sari):
    type_password(client)
    type_code(client)
    client.post(reverse("account_logout"))
    stranger = type(client)()
    for _ in range(11):
        refused = type_password(stranger, password="tebak tebak tebak")
    assert refused.status_code == 429
    assert type_password(stranger).status_code == 429

    own = type_password(client)

    assert own.status_code == 302


def test_safety_06_a_village_behind_one_address_is_not_counted_as_one(client, sari):
    AccountFactory(email="tetangga@surat.nusa", with_password=True)
    for _ in range(11):
        type_password(client, password="tebak tebak tebak")

    assert type_password(client, email="tetangga@surat.nusa").status_code == 302


def test_safety_06_a_closed_route_closes_only_itself_and_names_the_others(client, sari):
    code = actions.make_recovery_codes(account_id=sari.pk, at=timezone.now())[0]
    type_password(client)
    for _ in range(11):
        page = type_code(client, "000000")

    assert page.status_code == 429
    assert "kode pemulihan" in page.content.decode()
    assert type_code(client, code).url == "/home/"


def test_safety_06_an_unknown_address_is_closed_like_a_known_one(client):
    for _ in range(11):
        page = type_password(client, email="tiada@surat.nusa")

    assert page.status_code == 429


def test_a_guesser_with_many_networks_is_stopped_too(client, sari):
    for n in range(101):
        page = client.post(
            reverse("account_login"),
            {"email": "sari@surat.nusa", "password": "tebak"},
            REMOTE_ADDR=f"10.{n}.0.1",
        )

    assert page.status_code == 429


def test_sign_ins_and_failures_are_in_the_persons_list_without_a_full_address(client, sari):
    type_password(client, password="bukan kata sandinya")
    run_jobs()
    type_password(client)
    type_code(client)

    kinds = [line.kind for line in queries.list_activity(account_id=sari.pk)]
    assert kinds[:2] == ["signed_in", "sign_in_failed"]
    assert {line.network for line in Activity.objects.exclude(network="")} == {"127.0.x.x"}


def test_the_last_sign_in_is_not_the_running_one(client, sari):
    type_password(client)
    type_code(client)
    own = queries.get_session_id(session=client.session)
    assert queries.get_last_sign_in(account_id=sari.pk, session_id=own) is None

    other = type(client)()
    type_password(other)
    type_code(other, show_code(timezone.now() + timedelta(seconds=30)))

    assert queries.get_last_sign_in(account_id=sari.pk, session_id=own) is not None


def test_signing_out_clears_what_the_browser_kept_and_ends_the_session(client, sari):
    sign_in(client, sari)

    page = client.post(reverse("account_logout"))

    assert page.headers["Clear-Site-Data"] == '"cache", "storage"'
    assert not AccountSession.objects.exists()
    assert client.post(reverse("account_logout")).status_code == 302


def test_a_link_to_sign_out_signs_nobody_out(client, sari):
    sign_in(client, sari)

    client.get(reverse("account_logout"))

    assert get_level(client) == 2


def test_a_signed_in_person_goes_on_without_signing_in_again(client, sari):
    sign_in(client, sari)

    assert client.get(reverse("account_login") + "?next=/services/").url == "/services/"


def test_a_page_of_sign_in_is_stored_nowhere(client):
    assert "no-store" in client.get(reverse("account_login")).headers["Cache-Control"]


def test_a_suspended_account_opens_to_nobody(client, sari):
    Account.objects.update(is_active=False)

    assert type_password(client).status_code == 422


def test_the_demo_account_keeps_its_secret_encrypted(sari):
    assert SECRET not in str(Authenticator.objects.get().data)


def test_made_up_accounts_are_refused_outside_the_demo(settings):
    settings.TESTING = settings.DEMO = False

    with pytest.raises(actions.OnlyInTheDemo):
        actions.create_demo_account(
            email="a@surat.nusa",
            full_name="A",
            password="x",
            totp_secret="",
            language="id",
            at=timezone.now(),
        )

    assert not Account.objects.exists()
