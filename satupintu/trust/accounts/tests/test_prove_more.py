# SPDX-License-Identifier: Apache-2.0
"""The step-up page: from AL1 to AL2, and fresh proof before a change."""

from datetime import timedelta

import pytest
import time_machine
from django.http import HttpResponse
from django.urls import reverse
from django.utils import timezone

from satupintu.trust.accounts import access, actions, queries
from satupintu.trust.accounts.models import Account

from .factories import PASSWORD, AccountFactory, sign_in
from .test_sign_in import SECRET, get_level, show_code

pytestmark = pytest.mark.django_db


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


@access.signed_in_al2
def linked_data(request):
    return HttpResponse("her record")


def open_linked_data(rf, client):
    request = rf.get("/services/tax/?year=2026&part=b")
    request.session = client.session
    request.user = Account.objects.get(pk=client.session["_auth_user_id"])
    return linked_data(request)


def test_safety_02_one_factor_sees_nothing_and_is_sent_to_prove_more_and_back(rf, client, sari):
    sign_in(client, sari, level=1)

    refused = open_linked_data(rf, client)
    assert refused.status_code == 302
    back = client.post(
        refused.url, {"code": show_code(), "next": "/services/tax/?year=2026&part=b"}
    )

    assert back.url == "/services/tax/?year=2026&part=b"
    assert open_linked_data(rf, client).content == b"her record"


def test_the_page_of_linked_data_is_stored_nowhere(rf, client, sari):
    sign_in(client, sari)

    assert "no-store" in open_linked_data(rf, client).headers["Cache-Control"]


def test_safety_07_a_code_alone_does_after_an_idle_hour_but_a_day_later_the_password_too(
    client, sari
):
    began = timezone.now()
    sign_in(client, sari, at=began)
    url = reverse("accounts:step_up")
    with time_machine.travel(began + timedelta(hours=2)):
        assert 'name="password"' not in client.get(url).content.decode()
    with time_machine.travel(began + timedelta(hours=25)):
        page = client.get(url)
        assert 'name="password"' in page.content.decode()
        assert client.post(url, {"code": show_code()}).status_code == 422
        assert get_level(client) == 1
        client.post(url, {"password": PASSWORD, "code": show_code(timezone.now())})
        assert get_level(client) == 2


def test_the_key_of_the_session_changes_with_its_level(client, sari):
    store = sign_in(client, sari, level=1)

    client.post(reverse("accounts:step_up"), {"code": show_code()})

    assert client.session.session_key != store.session_key
    assert client.session.row.id == store.row.id


@pytest.mark.parametrize("elsewhere", ["https://elsewhere.example/", "//elsewhere.example/a"])
def test_no_address_elsewhere_is_gone_to(client, sari, elsewhere):
    sign_in(client, sari, level=1)

    page = client.post(reverse("accounts:step_up"), {"code": show_code(), "next": elsewhere})

    assert page.url == reverse("accounts:security")


def test_a_second_tab_that_asks_again_goes_on(client, sari):
    sign_in(client, sari)

    page = client.get(reverse("accounts:step_up") + "?next=/services/")

    assert page.url == "/services/"


def test_somebody_without_a_second_factor_is_shown_how_to_add_one(client):
    sign_in(client, AccountFactory(with_password=True), level=1)

    page = client.get(reverse("accounts:step_up") + "?next=/services/")

    assert page.url == reverse("accounts:second_factor_wanted") + "?next=%2Fservices%2F"


GUARDED = [
    "change_password",
    "change_email",
    "add_app",
    "remove_app",
    "add_passkey",
    "new_codes",
    "remove_password",
]


@pytest.mark.parametrize("name", GUARDED)
def test_a_change_of_what_guards_the_account_asks_again_after_fifteen_minutes(client, sari, name):
    began = timezone.now()
    sign_in(client, sari, at=began)
    url = reverse(f"accounts:{name}")
    with time_machine.travel(began + timedelta(minutes=16)):
        for method in (client.get, client.post):
            assert method(url).url.startswith(reverse("accounts:step_up"))


def test_fresh_proof_takes_password_and_code_and_leads_back(client, sari):
    began = timezone.now()
    sign_in(client, sari, at=began)
    with time_machine.travel(began + timedelta(minutes=16)):
        asked = client.get(reverse("accounts:change_email"))
        assert 'name="password"' in client.get(asked.url).content.decode()
        form = {"fresh": "1", "next": reverse("accounts:change_email")}
        wrong = client.post(reverse("accounts:step_up"), form | {"password": "x", "code": "1"})
        assert wrong.status_code == 422
        back = client.post(
            reverse("accounts:step_up"),
            form | {"password": PASSWORD, "code": show_code(timezone.now())},
        )

        assert back.url == reverse("accounts:change_email")
        assert client.get(back.url).status_code == 200


def test_al1_of_an_account_with_a_second_factor_changes_nothing(client, sari):
    sign_in(client, sari, level=1)

    for name in GUARDED:
        asked = client.get(reverse(f"accounts:{name}"))
        assert asked.url.startswith(reverse("accounts:step_up"))
    assert queries.get_guards(account_id=sari.pk).has_app


def test_safety_07_what_was_typed_survives_a_lapse_and_is_sent_once(client, sari):
    began = timezone.now()
    sign_in(client, sari, at=began)
    url = reverse("accounts:change_email")
    with time_machine.travel(began + timedelta(minutes=20)):
        asked = client.post(url, {"email": "baru@surat.nusa"})
        page = client.post(
            asked.url,
            {"password": PASSWORD, "code": show_code(timezone.now()), "next": url, "fresh": "1"},
        )

    text = page.content.decode()
    assert page.status_code == 200
    assert f'action="{url}"' in text
    assert 'name="email" value="baru@surat.nusa"' in text
    assert "baru@surat.nusa" not in str(dict(client.session.items()))
    assert "accounts.typed" not in client.session


def test_a_password_that_was_typed_is_never_kept(client, sari):
    began = timezone.now()
    sign_in(client, sari, at=began)
    with time_machine.travel(began + timedelta(minutes=20)):
        client.post(reverse("accounts:change_password"), {"password": "sandi yang rahasia"})

    kept = access.decrypt(client.session["accounts.typed"])
    assert "sandi yang rahasia" not in kept


@pytest.mark.parametrize("name", ["remove_app", "remove_password"])
def test_what_cannot_go_yet_is_said_before_and_not_after(client, sari, name):
    sign_in(client, sari)

    page = client.get(reverse(f"accounts:{name}")).content.decode()

    assert reverse("accounts:add_passkey") in page
    assert "Hapus</button>" not in page
