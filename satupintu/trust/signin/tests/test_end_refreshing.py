# SPDX-License-Identifier: Apache-2.0
"""What a sign-in rested on is gone: no refresh goes on, and none comes back."""

from datetime import timedelta

import pytest
from django.test import Client as Browser
from django.urls import reverse
from django.utils import timezone

from satupintu.trust.accounts.models import Account
from satupintu.trust.accounts.tests.factories import sign_in as sign_in_at_portal
from satupintu.trust.agencies import actions as agency_actions
from satupintu.trust.consent.models import Consent
from satupintu.trust.identity import actions as identities
from satupintu.trust.identity.models import Proofing
from satupintu.trust.identity.rules import Method
from satupintu.trust.rulebook import queries as rulebook
from satupintu.trust.signin import actions
from satupintu.trust.signin.models import RefreshFamily
from satupintu.trust.staff import actions as staff
from satupintu.trust.staff.actions import Suspended

from .parties import make_party
from .refreshing import (
    ask_userinfo,
    go_offline,
    introspect,
    make_refresher,
    refresh,
    set_policy,
    sign_in,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def party(db):
    return make_refresher()


def sign_out(person) -> None:
    person.browser.post(reverse("account_logout"))


def take_back(person, attribute) -> None:
    row = Consent.objects.get(attribute=attribute, withdrawn_at=None)
    person.browser.post(reverse("consent:withdraw", args=[row.id]))


def take_back_all(person, party) -> None:
    take_back(person, "identity_confirmed")


def take_back_absence(person, party) -> None:
    take_back(person, "offline_access")


def unlink_or_pause(person, party) -> None:
    actions.revoke_sign_ins(account_id=person.account.pk, agency_slug=None, at=timezone.now())


def end_from_outside(person, party) -> None:
    other = Browser()
    sign_in_at_portal(other, person.account)
    other.post(reverse("accounts:end_session", args=[person.session.row.id]))


def suspend_person(person, party) -> None:
    sign_out(person)
    staff.suspend(
        kind="person", target=str(person.account.pk), reason="A test.", by=None, at=timezone.now()
    )


def suspend_key(person, party) -> None:
    actions.end_tokens_of_suspended(
        Suspended(kind="key", target=f"{party.client.client_id} print", at=timezone.now())
    )


@pytest.mark.parametrize(
    "end",
    [
        take_back_all,
        take_back_absence,
        unlink_or_pause,
        end_from_outside,
        suspend_person,
        suspend_key,
    ],
)
def test_safety_25_what_ended_refreshes_nothing_and_never_comes_back(person, party, end):
    token = go_offline(person, party)["refresh_token"]
    access = refresh(party, token).json()

    end(person, party)

    assert ask_userinfo(access["access_token"]) == 401
    assert not introspect(party, access["refresh_token"])["active"]
    Account.objects.update(is_active=True)
    browser = Browser()
    sign_in_at_portal(browser, person.account)
    assert "refresh_token" in go_offline(person, party, browser=browser)
    assert refresh(party, access["refresh_token"]).json()["error"] == "invalid_grant"


def test_another_agency_notices_nothing(person, party):
    other = make_refresher()
    tokens = [go_offline(person, one)["refresh_token"] for one in (party, other)]
    row = Consent.objects.get(agency=party.client.agency.slug, attribute="offline_access")

    person.browser.post(reverse("consent:withdraw", args=[row.id]))

    assert refresh(party, tokens[0]).status_code == 400
    assert refresh(other, tokens[1]).status_code == 200


def test_taking_back_her_absence_leaves_her_visit_alone(person, party):
    here = sign_in(person, party)
    go_offline(person, party)

    take_back(person, "offline_access")

    assert refresh(party, here["refresh_token"]).status_code == 200
    assert ask_userinfo(here["access_token"]) == 200


def test_a_permission_that_ran_out_ends_it(person, party):
    token = go_offline(person, party)["refresh_token"]
    Consent.objects.filter(attribute="offline_access").update(ends_at=timezone.now())

    assert not introspect(party, token)["active"]
    assert refresh(party, token).json()["error"] == "invalid_grant"
    assert RefreshFamily.objects.get().ended_at is not None


def test_an_account_that_is_stopped_refreshes_nothing(person, party):
    token = go_offline(person, party)["refresh_token"]
    Account.objects.update(is_active=False)

    assert refresh(party, token).json()["error"] == "invalid_grant"


@pytest.mark.parametrize("what", ["client", "agency"])
def test_safety_24_a_suspended_client_refreshes_nothing(person, party, what):
    token = go_offline(person, party)["refresh_token"]

    if what == "client":
        agency_actions.suspend_client(client_id=party.client.client_id, at=timezone.now())
    else:
        agency_actions.suspend_agency(slug=party.client.agency.slug, at=timezone.now())

    assert refresh(party, token).json()["error"] == "invalid_client"


def test_a_level_that_the_rulebook_asks_for_since_asks_for_a_new_sign_in(person, party):
    token = go_offline(person, party)["refresh_token"]
    set_policy("identity.required_level", "IP2", kind="text", agency=party.client.agency.slug)
    rulebook.forget_policies()

    assert refresh(party, token).json()["error"] == "invalid_grant"


def test_a_proof_of_identity_that_was_taken_back_takes_the_refresh_with_it(person, party):
    evidence = identities.Evidence(
        method=Method.PROVIDER, level=2, by="nusaid", role="identity_provider", subject="nusa-1"
    )
    identities.record_proofing(account_id=person.account.pk, evidence=evidence, at=timezone.now())
    token = go_offline(person, party)["refresh_token"]
    assert introspect(party, token)["acr"] == "urn:satupintu:acr:ip2:al2"
    token = refresh(party, token).json()["refresh_token"]

    Proofing.objects.update(ended_at=timezone.now(), end_reason="revoked")

    assert refresh(party, token).json()["error"] == "invalid_grant"


def test_the_sweep_forgets_families_that_are_long_over(person, party):
    go_offline(person, party)

    actions.sweep_expired(at=timezone.now() + timedelta(days=30))
    assert RefreshFamily.objects.exists()
    actions.sweep_expired(at=timezone.now() + timedelta(days=30, hours=2))

    assert not RefreshFamily.objects.exists()


def test_a_client_that_refreshes_nothing_is_unharmed_by_all_of_it(person):
    party = make_party()

    token = sign_in(person, party)["access_token"]

    assert ask_userinfo(token) == 200
    assert not RefreshFamily.objects.exists()
