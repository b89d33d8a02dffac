# SPDX-License-Identifier: Apache-2.0
"""A new link is provisional for a while: its record's owner has time to say that it was not her."""

import re
from datetime import timedelta
from unittest.mock import Mock

import pytest
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st
from procrastinate.contrib.django.models import ProcrastinateJob

from satupintu.dealings.linking import actions, queries, tasks
from satupintu.dealings.linking.models import Link
from satupintu.dealings.linking.rules import Standing, count_provisional_until
from satupintu.foundation.outbox.models import Event
from satupintu.trust.accounts import actions as accounts
from satupintu.trust.accounts.queries import Origin
from satupintu.trust.accounts.tests.factories import sign_in
from satupintu.trust.agencies import actions as agencies
from satupintu.trust.identity.models import Proofing
from satupintu.trust.rulebook import actions as rulebook
from satupintu.trust.signin.tests.parties import (
    Party,
    make_party,
    read_answer,
    read_id_token,
)

from .pages import page, text_of
from .ways import SARIS_CODE, enter, link

DAYS = timedelta(hours=48)


def stand(account, *, at=None):
    return queries.get_standing(account_id=account.id, agency_slug="pajak", at=at or timezone.now())


def link_strongly(account, **proof):
    actions.confirm_link(
        account_id=account.id,
        device_key="phone",
        agency_slug="pajak",
        attempt_id=enter(account, SARIS_CODE),
        at=timezone.now(),
        **proof,
    )


def prove_identity(account, *, level=2):
    Proofing.objects.create(
        account_id=account.id,
        method="provider",
        level=level,
        by="nusaid",
        role="identity_provider",
        proved_at=timezone.now(),
        valid_until=timezone.now() + timedelta(days=1),
    )


def come_with_passkey(client, account):
    store = sign_in(client, account, level=1)
    store.record_authentication(method="passkey", at=timezone.now())
    store.save()


@pytest.fixture
def serving(tax):
    """The tax office has shown that it serves provisional links safely."""
    agencies.record_provisional_service(slug="pajak", serves=True, at=timezone.now())
    return tax


@pytest.fixture
def party(tax) -> Party:
    """The tax office's own site."""
    return make_party(agency=tax)


@given(hours=st.integers(0, 200), identity_level=st.integers(0, 3), by_passkey=st.booleans())
def test_safety_09_only_identity_at_its_source_with_a_passkey_spares_the_wait(
    hours, identity_level, by_passkey
):
    now = timezone.now()
    cooling_off = timedelta(hours=hours)

    until = count_provisional_until(
        linked_at=now,
        cooling_off=cooling_off,
        identity_level=identity_level,
        by_passkey=by_passkey,
    )

    is_spared = identity_level >= 2 and by_passkey
    assert until == (None if is_spared or not hours else now + cooling_off)


def test_safety_09_a_new_link_gives_nothing_for_48_hours(sari, tax, office):
    link(sari)

    waiting = stand(sari)

    assert waiting.standing is Standing.PROVISIONAL
    assert waiting.uses == frozenset()
    assert waiting.until == Link.objects.get().linked_at + DAYS
    assert stand(sari, at=waiting.until).is_open


def test_safety_09_an_agency_has_its_own_waiting_time_by_the_rulebook(sari, tax, office):
    rulebook.decide_policy(
        name="linking.cooling_off",
        kind="duration",
        value="3 min",
        source="a decision",
        agency="pajak",
        valid_from=timezone.now() - timedelta(days=1),
    )

    link(sari)

    assert stand(sari).until == Link.objects.get().linked_at + timedelta(minutes=3)


@pytest.mark.parametrize(
    ("identity_level", "by_passkey", "standing"),
    [
        (2, True, Standing.ACTIVE),
        (3, True, Standing.ACTIVE),
        (2, False, Standing.PROVISIONAL),
        (1, True, Standing.PROVISIONAL),
    ],
)
def test_safety_09_a_strong_proof_at_linking_needs_no_wait(
    sari, tax, office, identity_level, by_passkey, standing
):
    link_strongly(sari, identity_level=identity_level, by_passkey=by_passkey)

    assert stand(sari).standing is standing
    assert Link.objects.get().identity_level == identity_level


def test_safety_09_the_owners_warning_says_until_when_changes_wait(sari, tax, office):
    link(sari)

    for job in ProcrastinateJob.objects.filter(
        task_name="satupintu.dealings.linking.tasks.tell_record_owner"
    ):
        tasks.tell_record_owner(**job.args)

    [notice] = office.notices.values()
    assert notice["changes_wait_until"] == stand(sari).until.isoformat()
    event = Event.objects.get(type="linking.record_linked")
    assert event.data["provisional_until"] == stand(sari).until.isoformat()


# --- Single sign-on ------------------------------------------------------------------------------


def test_safety_09_nobody_signs_in_to_the_agency_by_a_provisional_link(
    sari, browser, tax, office, party
):
    link(sari)

    response = party.ask(browser)

    assert response.status_code == 200
    html = text_of(response)
    assert page("agency") in html
    assert 'value="agree"' not in html
    action = re.search(r'action="(/openid/decide[^"]*)"', html)[1].replace("&amp;", "&")
    assert read_answer(browser.post(action, {"decision": "refuse"}))["error"] == "access_denied"


def test_safety_09_agreeing_by_hand_opens_no_provisional_link(sari, browser, tax, office, party):
    link(sari)
    html = text_of(party.ask(browser))
    action = re.search(r'action="(/openid/decide[^"]*)"', html)[1].replace("&amp;", "&")

    response = browser.post(action, {"decision": "agree"})

    assert response.status_code == 303
    assert response.headers["Location"].startswith("/openid/authorize")


def test_safety_09_without_a_page_the_agency_hears_that_one_is_needed(
    sari, browser, tax, office, party
):
    link(sari)

    answer = read_answer(party.ask(browser, prompt="none"))

    assert answer["error"] == "interaction_required"


def test_safety_02_one_factor_is_not_told_that_a_link_waits(sari, client, tax, office, party):
    link(sari)
    sign_in(client, sari, level=1)

    response = party.ask(client)

    assert response.headers["Location"].startswith("/account/confirm/")


@pytest.mark.parametrize("mark", ["held_at", "paused_until"])
def test_safety_10_11_a_stopped_link_signs_nobody_in(sari, browser, serving, office, party, mark):
    link(sari)
    Link.objects.update(**{mark: timezone.now() + timedelta(hours=1)})

    answer = read_answer(party.ask(browser, prompt="none"))

    assert answer["error"] == "interaction_required"


def test_when_the_wait_is_over_the_way_is_open(sari, browser, tax, office, party):
    link(sari)
    Link.objects.update(provisional_until=timezone.now() - timedelta(seconds=1))

    assert "code" in read_answer(party.ask(browser))


def test_somebody_without_a_link_is_not_held_up(sari, browser, tax, office, party):
    # The agency then knows nobody by this subject, and says so itself.
    assert party.ask(browser).status_code == 200


def test_safety_09_the_token_tells_an_agency_that_serves_it_until_when_changes_wait(
    sari, browser, client, serving, office, party
):
    link(sari)
    code = read_answer(party.ask(browser))["code"]

    exchanged = party.exchange(client, code)
    claims = read_id_token(client, exchanged)
    userinfo = client.get(
        "/openid/userinfo",
        headers={"Authorization": f"Bearer {exchanged.json()['access_token']}"},
    ).json()

    until = int(stand(sari).until.timestamp())
    assert claims["changes_wait_until"] == until
    assert userinfo["changes_wait_until"] == until


def test_a_link_that_stands_puts_nothing_into_the_token(
    sari, browser, client, serving, office, party
):
    link_strongly(sari, identity_level=2, by_passkey=True)
    code = read_answer(party.ask(browser))["code"]

    claims = read_id_token(client, party.exchange(client, code))

    assert "changes_wait_until" not in claims


# --- Pages ---------------------------------------------------------------------------------------


def test_the_pages_say_until_when_and_what_goes_on(sari, browser, tax, office):
    link(sari)

    for name in ("done", "agency"):
        html = text_of(browser.get(page(name)))
        assert "Tautan Anda menunggu sampai" in html
        assert page("settle") in html
        assert "Buka layanan" not in html
    assert "Menunggu" in text_of(browser.get("/home/"))


def test_the_pages_of_an_agency_that_serves_it_open_at_once(sari, browser, serving, office):
    link(sari)

    html = text_of(browser.get(page("done")))

    assert "Beberapa perubahan menunggu sampai" in html
    assert "Buka layanan" in html


# --- Ending the wait sooner ----------------------------------------------------------------------


def test_a_strong_proof_afterwards_ends_the_wait(sari, client, tax, office):
    link(sari)
    prove_identity(sari)
    come_with_passkey(client, sari)
    assert 'id="settle"' in text_of(client.get(page("settle")))

    response = client.post(page("settle"))

    assert response.url == page("agency")
    assert stand(sari).standing is Standing.ACTIVE
    assert Event.objects.filter(type="linking.link_settled").count() == 1
    # Twice is as good as once.
    client.post(page("settle"))
    assert Event.objects.filter(type="linking.link_settled").count() == 1


def test_safety_09_a_weak_proof_does_not_end_the_wait(sari, browser, tax, office):
    link(sari)
    prove_identity(sari)

    response = browser.post(page("settle"))

    assert response.status_code == 403
    assert stand(sari).standing is Standing.PROVISIONAL


def test_whoever_is_paused_on_the_page_is_told_so(sari, client, tax, office, monkeypatch):
    link(sari)
    prove_identity(sari)
    come_with_passkey(client, sari)
    pause = accounts.AccountPaused(None)
    monkeypatch.setattr(accounts, "refuse_while_paused", Mock(side_effect=pause))

    response = client.post(page("settle"))

    assert response.status_code == 403
    assert str(pause) in text_of(response)
    assert stand(sari).standing is Standing.PROVISIONAL


def test_safety_11_no_proof_ends_the_pause_of_a_record_s_owner(sari, client, tax, office):
    link(sari)
    prove_identity(sari)
    Link.objects.update(paused_until=timezone.now() + timedelta(hours=72))

    actions.settle_link(
        account_id=sari.id,
        agency_slug="pajak",
        identity_level=2,
        by_passkey=True,
        at=timezone.now(),
    )

    assert stand(sari).standing is Standing.PAUSED
    assert Link.objects.get().provisional_until is not None


def test_safety_11_a_paused_account_ends_no_wait(sari, tax, office):
    link(sari)
    for job in ProcrastinateJob.objects.filter(
        task_name="satupintu.dealings.linking.tasks.tell_record_owner"
    ):
        tasks.tell_record_owner(**job.args)
    [notice] = office.notices.values()
    accounts.use_pause_code(
        typed=notice["pause_code"], origin=Origin(network="10.9.x.x"), at=timezone.now()
    )

    with pytest.raises(accounts.AccountPaused):
        actions.settle_link(
            account_id=sari.id,
            agency_slug="pajak",
            identity_level=2,
            by_passkey=True,
            at=timezone.now(),
        )
