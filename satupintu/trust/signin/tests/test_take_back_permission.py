# SPDX-License-Identifier: Apache-2.0
"""A person takes a permission back on a page, and the agency's next call finds it gone."""

import re
from datetime import timedelta

import pytest
from django.conf import settings
from django.test import Client as Browser
from django.urls import reverse
from django.utils import timezone

from satupintu.foundation.audit import queries as audit
from satupintu.trust.accounts.models import Account
from satupintu.trust.accounts.tests.factories import sign_in
from satupintu.trust.consent.models import Consent
from satupintu.trust.rulebook.models import Policy
from satupintu.trust.rulebook.queries import forget_policies
from satupintu.trust.signin.models import AuthorizationCode

from .parties import make_party, read_answer

pytestmark = pytest.mark.django_db

SCOPES = ("openid", "profile", "email")
BY_ID = ("consent:withdraw", "consent:receipt", "consent:receipt_file")


def get_code(person, party, scopes=SCOPES):
    person.agree(party, *scopes)
    return read_answer(party.ask(person.browser, scope=" ".join(scopes)))["code"]


def get_token(person, party, scopes=SCOPES):
    return party.exchange(person.browser, get_code(person, party, scopes)).json()["access_token"]


def ask(token):
    return Browser().get("/openid/userinfo", headers={"Authorization": f"Bearer {token}"})


def find(person, attribute):
    return Consent.objects.get(account_id=person.account.pk, attribute=attribute, withdrawn_at=None)


def take_back(person, attribute, browser=None):
    address = reverse("consent:withdraw", args=[find(person, attribute).id])
    return (browser or person.browser).post(address)


def show(person, name, *args, language="en"):
    Account.objects.update(language=language)
    response = person.browser.get(f"{reverse(name, args=args)}?lang={language}", follow=True)
    return response.content.decode()


def test_a_token_loses_the_attribute_at_the_very_next_call(person, party):
    token = get_token(person, party)
    assert "email" in ask(token).json()

    response = take_back(person, "email")

    assert response.headers["Location"] == reverse("consent:list")
    assert set(ask(token).json()) == {"sub", "name"}


def test_a_code_on_its_way_gives_nothing_that_was_taken_back(person, party):
    code = get_code(person, party)

    take_back(person, "email")
    token = party.exchange(person.browser, code).json()["access_token"]

    assert set(ask(token).json()) == {"sub", "name"}


def test_without_the_permission_to_sign_in_codes_and_tokens_are_dead_at_once(person, party):
    token = get_token(person, party)
    code = get_code(person, party)
    lines = len(audit.list_accesses(account_id=person.account.pk))

    take_back(person, "identity_confirmed")

    assert ask(token).status_code == 401
    assert party.exchange(person.browser, code).json()["error"] == "invalid_grant"
    assert len(audit.list_accesses(account_id=person.account.pk)) == lines
    assert not Consent.objects.filter(withdrawn_at=None).exists()


def test_giving_again_through_the_agency_works_and_the_old_token_stays_dead(person, party):
    old = get_token(person, party)
    take_back(person, "identity_confirmed")

    page = party.ask(person.browser, scope="openid email")
    assert page.status_code == 200
    new = get_token(person, party)

    assert ask(new).status_code == 200
    assert ask(old).status_code == 401


def test_another_agency_notices_nothing(person, party):
    other = make_party()
    token = get_token(person, party)
    others = get_token(person, other)
    mine = Consent.objects.get(agency=party.client.agency.slug, attribute="identity_confirmed")

    person.browser.post(reverse("consent:withdraw", args=[mine.id]))

    assert ask(token).status_code == 401
    assert set(ask(others).json()) == {"sub", "name", "email"}


def test_a_permission_that_has_run_out_tells_nothing_and_is_asked_for_again(person, party):
    token = get_token(person, party)
    Consent.objects.update(ends_at=timezone.now())

    assert ask(token).status_code == 401
    assert party.ask(person.browser).status_code == 200


def test_the_page_says_who_may_know_what_why_and_until_when(person, party):
    get_token(person, party)

    html = show(person, "consent:list")

    assert "Tax Office" in html
    assert "May know your e-mail address" in html
    assert "So that you can sign in there with your Satu Pintu account." in html
    assert re.search(r"Since \d+ \w+ \d{4}, until \d+ \w+ \d{4}\.", html)
    assert html.count(">Take back<") == 3


def test_the_page_speaks_indonesian(person, party):
    get_token(person, party)

    html = show(person, "consent:list", language="id")

    assert "Izin data Anda" in html
    assert "Boleh mengetahui alamat e-mail Anda" in html


def test_the_history_remembers_who_ended_what_and_when(person, party):
    get_token(person, party)
    take_back(person, "email")

    html = show(person, "consent:history")

    assert html.count("In force") == 2
    assert "You took it back on" in html
    assert "with two proofs" in html


def test_before_it_is_taken_back_a_page_says_what_happens(person, party):
    get_token(person, party)

    email = show(person, "consent:withdraw", find(person, "email").id)
    identity = show(person, "consent:withdraw", find(person, "identity_confirmed").id)

    assert "It is not told this any more, from this moment on." in email
    assert "All your other permissions there end too." in identity
    assert Consent.objects.filter(withdrawn_at=None).count() == 3


def test_a_second_tab_that_takes_back_the_same_is_told_calmly(person, party):
    get_token(person, party)
    address = reverse("consent:withdraw", args=[find(person, "email").id])

    person.browser.post(address)
    again = person.browser.post(address, follow=True)

    assert again.status_code == 200
    assert "Izin ini sudah berakhir." in again.content.decode()


@pytest.fixture
def law(party):
    Policy.objects.create(
        name="consent.law.full_name",
        agency=party.client.agency.slug,
        kind="text",
        value="UU 6/1983, Pasal 35",
        valid_from=party.client.registered_at,
        source="a test",
    )
    forget_policies()
    yield
    forget_policies()


def test_safety_23_what_a_law_compels_has_no_button_and_names_the_law(law, person, party):
    get_token(person, party)

    html = show(person, "consent:list")

    assert "When you sign in there, a law requires that it is told: UU 6/1983, Pasal 35." in html
    assert html.count(">Take back<") == 2


def test_safety_23_a_forged_withdrawal_of_it_is_refused_with_words(law, person, party):
    get_token(person, party)

    response = take_back(person, "full_name")

    assert response.status_code == 409
    assert "Undang-undang mewajibkan" in response.content.decode()
    assert find(person, "full_name")


def test_safety_23_the_access_log_names_the_law_under_which_it_was_told(law, person, party):
    token = get_token(person, party, ("openid",))
    code = read_answer(party.ask(person.browser, scope="openid profile"))["code"]
    token = party.exchange(person.browser, code).json()["access_token"]

    told = ask(token).json()

    newest = audit.list_accesses(account_id=person.account.pk)[0]
    assert set(told) == {"sub", "name"}
    assert "UU 6/1983, Pasal 35" in newest.legal_basis
    assert "UU 27/2022" in newest.legal_basis


def test_the_page_that_asks_says_what_for_how_long_and_what_happens_without(person, party):
    person.browser.cookies[settings.LANGUAGE_COOKIE_NAME] = "en"

    html = party.ask(person.browser, scope="openid email").content.decode()

    until = timezone.localdate() + timedelta(days=365)
    assert "What for: so that you can sign in there" in html
    assert f"How long: until {until.day} " in html
    assert f" {until.year}." in html
    assert "Without it you cannot sign in to Tax Office here." in html


def test_safety_23_the_page_that_asks_names_the_law_that_compels(law, person, party):
    person.browser.cookies[settings.LANGUAGE_COOKIE_NAME] = "en"

    html = party.ask(person.browser, scope="openid profile").content.decode()

    assert "(required by law: UU 6/1983, Pasal 35)" in html


# --- Attacks -------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", BY_ID)
@pytest.mark.parametrize("method", ["get", "post"])
def test_another_persons_permission_is_not_there(person, make_person, party, name, method):
    get_token(person, party)
    thief = make_person()

    response = getattr(thief.browser, method)(reverse(name, args=[find(person, "email").id]))

    assert response.status_code in {404, 405}
    assert person.account.email not in response.content.decode()
    assert find(person, "email")


@pytest.mark.parametrize("name", ["consent:list", "consent:history"])
def test_nobody_sees_what_another_person_allowed(person, make_person, party, name):
    get_token(person, party)

    assert "Kantor Pajak" not in make_person().browser.get(reverse(name)).content.decode()


def test_another_site_cannot_take_back_in_the_persons_name(person, party):
    get_token(person, party)
    browser = Browser(enforce_csrf_checks=True)
    browser.cookies = person.browser.cookies

    assert take_back(person, "email", browser).status_code == 403
    assert find(person, "email")


@pytest.mark.parametrize("name", ["consent:list", "consent:history", *BY_ID])
def test_safety_02_one_factor_sees_no_permission(person, party, name):
    get_token(person, party)
    args = [find(person, "email").id] if name in BY_ID else []
    sign_in(person.browser, person.account, level=1)

    response = person.browser.get(reverse(name, args=args))

    assert response.status_code == 302
    assert response.headers["Location"].startswith(reverse("accounts:step_up"))


@pytest.mark.parametrize("name", ["consent:list", "consent:history", *BY_ID])
def test_signed_out_nobody_sees_a_permission(person, party, name):
    get_token(person, party)
    args = [find(person, "email").id] if name in BY_ID else []

    response = Browser().get(reverse(name, args=args))

    assert response.headers["Location"].startswith("/account/sign-in/")


def test_a_yes_on_one_agencys_page_is_none_for_another_agency(person, party):
    other = make_party()
    page = party.ask(person.browser, scope="openid email").content.decode()
    action = re.search(r'action="(/openid/decide[^"]*)"', page)[1].replace("&amp;", "&")
    swapped = action.replace(
        f"client_id={party.client.client_id}", f"client_id={other.client.client_id}"
    )
    browser = Browser(enforce_csrf_checks=True)
    browser.cookies = person.browser.cookies

    response = browser.post(swapped, {"decision": "agree"})

    assert response.status_code == 403
    assert not Consent.objects.exists()
    assert not AuthorizationCode.objects.exists()
