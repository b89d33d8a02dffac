# SPDX-License-Identifier: Apache-2.0
"""Who was signed in to an agency before he linked waits all the same, and no refresh goes past a
link that waits or is stopped."""

from datetime import timedelta

import pytest
from django.test import Client as Browser
from django.utils import timezone

from satupintu.dealings.exchange import actions as exchange
from satupintu.dealings.linking.models import Link
from satupintu.foundation.outbox.models import Event
from satupintu.trust.agencies import actions as agencies
from satupintu.trust.signin.models import Visit
from satupintu.trust.signin.tests.parties import Party, make_party, read_answer
from satupintu.trust.signin.tests.refreshing import (
    REFRESHES,
    ask_userinfo,
    get_code,
    introspect,
    refresh,
)

from .pages import page, text_of
from .test_wait_provisionally import link_strongly, stand
from .ways import confirm, enter, link, unlink


@pytest.fixture
def party(tax) -> Party:
    """The tax office's own site."""
    return make_party(agency=tax)


@pytest.fixture
def refresher(tax) -> Party:
    """The tax office's own site, which goes on by refresh tokens."""
    return make_party(agency=tax, grant_types=REFRESHES)


def go_there(browser, refresher) -> dict:
    """She signs in at the tax office's site: what that site holds of her then."""
    code = get_code(None, refresher, browser=browser)
    return refresher.exchange(Browser(), code).json()


@pytest.mark.parametrize("serves", [False, True])
def test_safety_09_signing_in_before_linking_does_not_spare_the_wait(
    sari, browser, tax, office, refresher, serves
):
    agencies.record_provisional_service(slug="pajak", serves=serves, at=timezone.now())
    held = go_there(browser, refresher)

    link(sari)

    assert ask_userinfo(held["access_token"]) == 401
    assert refresh(refresher, held["refresh_token"]).json()["error"] == "invalid_grant"
    # Its site is told to end her session there.
    assert not Visit.objects.filter(ended_at=None).exists()
    assert Event.objects.filter(type="signin.signed_out").count() == 1


def test_safety_09_no_sign_in_outlives_that_the_agency_may_have_joined(
    sari, browser, tax, office, refresher
):
    held = go_there(browser, refresher)
    attempt_id = enter(sari)
    office.fault, office.fault_at = "hang_up", "/linking/links"

    with pytest.raises(exchange.AgencyUnavailable):
        confirm(sari, attempt_id)

    assert ask_userinfo(held["access_token"]) == 401
    assert not Visit.objects.filter(ended_at=None).exists()


def test_a_link_that_need_not_wait_leaves_her_signed_in(sari, browser, tax, office, refresher):
    held = go_there(browser, refresher)

    link_strongly(sari, identity_level=2, by_passkey=True)

    assert ask_userinfo(held["access_token"]) == 200
    assert refresh(refresher, held["refresh_token"]).status_code == 200


def test_safety_09_a_link_that_is_not_finished_signs_nobody_in(sari, browser, tax, office, party):
    attempt_id = enter(sari)
    office.fault, office.fault_at = "hang_up", "/linking/links"
    with pytest.raises(exchange.AgencyUnavailable):
        confirm(sari, attempt_id)

    assert read_answer(party.ask(browser, prompt="none"))["error"] == "interaction_required"
    assert page("agency") in text_of(party.ask(browser))
    assert page("unfinished") in text_of(browser.get(page("agency")))
    # Left alone or given up, it holds nobody up for ever.
    unlink(sari)
    assert 'value="agree"' in text_of(party.ask(browser))


@pytest.mark.parametrize(
    "mark",
    [
        {"provisional_until": timedelta(hours=1)},
        {"held_at": timedelta(0)},
        {"paused_until": timedelta(hours=1)},
        {"frozen_at": timedelta(0)},
        {"state": "pending", "linked_at": None},
    ],
)
def test_safety_09_a_link_that_waits_or_is_stopped_refreshes_nothing(
    sari, browser, tax, office, refresher, mark
):
    link_strongly(sari, identity_level=2, by_passkey=True)
    held = go_there(browser, refresher)
    now = timezone.now()
    Link.objects.update(
        **{
            name: now + value if isinstance(value, timedelta) else value
            for name, value in mark.items()
        }
    )

    assert not introspect(refresher, held["refresh_token"])["active"]
    assert refresh(refresher, held["refresh_token"]).json()["error"] == "invalid_grant"

    # It does not come back with the link.
    Link.objects.all().delete()
    assert refresh(refresher, held["refresh_token"]).json()["error"] == "invalid_grant"


def test_safety_09_a_refresh_repeats_until_when_changes_wait(sari, browser, tax, office, refresher):
    agencies.record_provisional_service(slug="pajak", serves=True, at=timezone.now())
    link(sari)
    held = go_there(browser, refresher)

    refreshed = refresh(refresher, held["refresh_token"]).json()
    userinfo = Browser().get(
        "/openid/userinfo", headers={"Authorization": f"Bearer {refreshed['access_token']}"}
    )

    assert userinfo.json()["changes_wait_until"] == int(stand(sari).until.timestamp())
