# SPDX-License-Identifier: Apache-2.0
"""Each page of the account, tried by those whom it is not for."""

import re

import pytest
from django.middleware.csrf import _get_new_csrf_string
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from satupintu.trust.accounts import actions
from satupintu.trust.accounts.models import Account, AccountSession
from satupintu.trust.accounts.urls import own

from .factories import PASSWORD, AccountFactory, sign_in
from .test_sign_in import SECRET

pytestmark = pytest.mark.django_db

NAMES = ["account_login", "account_logout", "account_signup", "account_reset_password"] + [
    f"accounts:{route.name}" for route in own
]
GIVEN = {
    "accounts:end_session": ["00000000-0000-7000-8000-000000000000"],
    "accounts:remove_passkey": [1],
}
GUARDED = [
    "add_app",
    "remove_app",
    "add_passkey",
    "passkey_creation",
    "remove_passkey",
    "new_codes",
    "change_password",
    "remove_password",
    "change_email",
    "email_code",
    "email_code_again",
]
OWN = ["security", "sessions", "activity", "recovery_codes", "change_name", "step_up"]
WRITES = [*GUARDED, "change_name", "end_others", "end_session", "choose_language"]
ELSEWHERE = [
    "https://elsewhere.example/",
    "//elsewhere.example/",
    "/\\elsewhere.example/",
    "/\t/elsewhere.example/",
    "\\\\elsewhere.example",
    "///elsewhere.example",
    "http:elsewhere.example",
    "javascript:alert(1)",
    "data:text/html,hello",
    " https://elsewhere.example/",
    "https://testserver@elsewhere.example/",
    "https://testserver.elsewhere.example/",
]


def find(name):
    return reverse(name, args=GIVEN.get(name, []))


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


@pytest.mark.parametrize("name", [f"accounts:{name}" for name in {*WRITES, *OWN}])
@pytest.mark.parametrize("method", ["get", "post"])
def test_a_visitor_is_sent_to_sign_in_and_changes_nothing(client, name, method):
    page = getattr(client, method)(find(name))

    assert page.status_code in {302, 405}
    if page.status_code == 302:
        assert page.url.startswith(reverse("account_login") + "?next=")
    assert not AccountSession.objects.exists()


@pytest.mark.parametrize("name", GUARDED)
@pytest.mark.parametrize("method", ["get", "post"])
def test_one_factor_of_an_account_with_two_changes_no_guard(client, sari, name, method):
    sign_in(client, sari, level=1)

    page = getattr(client, method)(find(f"accounts:{name}"))

    assert page.status_code in {302, 405}
    if page.status_code == 302:
        assert page.url.startswith(reverse("accounts:step_up"))
        assert "fresh=1" in page.url


def test_another_person_at_al2_sees_and_ends_nothing_of_this_one(client, sari):
    hers = sign_in(Client(), sari)
    sign_in(client, AccountFactory(full_name="Dewi"))

    pages = [
        client.get(reverse(f"accounts:{name}")).content.decode()
        for name in ("security", "sessions", "activity", "change_name")
    ]
    client.post(reverse("accounts:end_session", args=[hers.row.id]))
    client.post(reverse("accounts:end_others"))

    assert not any("Sari" in page or sari.email in page for page in pages)
    assert not any(str(hers.row.id) in page for page in pages)
    assert AccountSession.objects.filter(account_id=sari.pk, id=hers.row.id).exists()


@pytest.mark.parametrize("name", NAMES)
def test_no_page_takes_a_form_that_another_site_sent(name):
    browser = Client(enforce_csrf_checks=True)
    sign_in(browser, AccountFactory())
    before = AccountSession.objects.count()

    bare = browser.post(find(name))
    foreign = browser.post(
        find(name),
        {"csrfmiddlewaretoken": _get_new_csrf_string()},
        headers={"origin": "https://elsewhere.example"},
    )

    assert (bare.status_code, foreign.status_code) == (403, 403)
    assert AccountSession.objects.count() == before


@pytest.mark.parametrize("elsewhere", ELSEWHERE)
@pytest.mark.parametrize("name", ["account_login", "account_signup", "accounts:step_up"])
def test_no_next_leads_a_signed_in_person_elsewhere(client, name, elsewhere):
    sign_in(client, AccountFactory())

    by_link = client.get(reverse(name), {"next": elsewhere})
    by_form = client.post(reverse(name), {"next": elsewhere, "fresh": "1"})

    for page in (by_link, by_form):
        assert page.status_code == 302
        assert page.url.startswith(("/home/", "/account/"))
        assert "elsewhere" not in page.url
        assert "alert" not in page.url


@pytest.mark.parametrize("elsewhere", ELSEWHERE)
def test_no_next_is_carried_from_the_page_of_a_missing_factor_elsewhere(client, elsewhere):
    sign_in(client, AccountFactory(), level=1)

    page = client.get(reverse("accounts:second_factor_wanted"), {"next": elsewhere})

    assert page.status_code == 200
    goals = re.findall(r'(?:href|action|value)="([^"]*)"', page.content.decode())
    # The switch of language stays on this very page, whatever its address says.
    assert not any("elsewhere" in goal or "alert" in goal for goal in goals if "lang=" not in goal)


@pytest.mark.parametrize("name", NAMES)
def test_no_page_fails_for_an_unexpected_method(client, name):
    sign_in(client, AccountFactory())

    for method in ("put", "delete", "patch", "options"):
        assert getattr(client, method)(find(name)).status_code < 500
