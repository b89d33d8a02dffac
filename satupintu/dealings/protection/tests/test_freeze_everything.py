# SPDX-License-Identifier: Apache-2.0
"""One press: everybody out, every link still, and each agency told until it has acknowledged."""

import threading
from datetime import timedelta

import pytest
from django.db import connection
from django.urls import reverse
from django.utils import timezone

from satupintu.dealings.exchange.actions import AgencyUnavailable
from satupintu.dealings.linking import actions as linking_actions
from satupintu.dealings.linking import queries as linking
from satupintu.dealings.linking.rules import Standing
from satupintu.dealings.protection import actions, queries
from satupintu.dealings.protection.models import Case, FrozenLink
from satupintu.foundation.audit.models import AccessRecord
from satupintu.trust.accounts import actions as accounts
from satupintu.trust.accounts.models import Account, AccountSession, Activity
from satupintu.trust.accounts.queries import Origin
from satupintu.trust.accounts.tests.factories import PASSWORD, sign_in
from satupintu.trust.staff import actions as staff

from . import steps

pytestmark = pytest.mark.django_db
PAGE = "/account/not-me/freeze/"


def standing(account):
    return linking.get_standing(
        account_id=account.pk, agency_slug="pajak", at=timezone.now()
    ).standing


def test_one_press_ends_every_session_and_leads_to_the_case(browser, sari, linked):
    page = browser.post(PAGE, follow=True)

    assert page.redirect_chain[-1][0] == reverse("protection:case")
    assert queries.group_number(steps.get_case().number) in page.content.decode()
    assert not AccountSession.objects.filter(account_id=sari.pk).exists()
    assert browser.get("/home/").status_code == 302
    assert standing(sari) is Standing.FROZEN
    assert Activity.objects.filter(account_id=sari.pk, kind="frozen").count() == 1


def test_the_page_says_what_stops_and_what_goes_on(browser, linked):
    html = browser.get(PAGE).content.decode()

    assert "1 lembaga tertaut" in html
    assert "Pembayaran ke rekening yang sudah dipakai" in html


def test_freezing_needs_fresh_proof(client, sari):
    sign_in(client, sari, level=2, at=timezone.now() - timedelta(minutes=20))

    page = client.post(PAGE)

    assert page.status_code == 302
    assert page.url.startswith(reverse("accounts:step_up"))
    assert not Case.objects.exists()


def test_twice_from_two_tabs_is_one_case_with_one_number(sari, linked):
    assert steps.freeze(sari) == steps.freeze(sari)
    assert Case.objects.count() == FrozenLink.objects.count() == 1


def test_an_agency_is_told_and_its_answer_is_shown_with_its_time(browser, office, sari, linked):
    number = steps.freeze(sari)
    [line] = queries.get_case(account_id=sari.pk, at=timezone.now()).links
    assert line.freeze_heard_at is None

    steps.tell_all()
    steps.tell_all()

    [line] = queries.get_case(account_id=sari.pk, at=timezone.now()).links
    assert line.freeze_heard_at is not None
    assert [standing for standing, _since in office.standings.values()] == ["frozen"]
    assert office.count("PUT", "/linking/links/") == 2, "the link, and the freeze once"
    assert number


def test_a_dead_agency_stays_on_the_list_and_the_sweep_goes_on(office, sari, linked):
    steps.freeze(sari)
    office.fault, office.fault_at = "html", "/linking/links"
    with pytest.raises(AgencyUnavailable):
        steps.tell_all()
    later = timezone.now() + timedelta(hours=25)
    case = queries.get_case(account_id=sari.pk, at=later)
    agencies = next(step for step in case.steps if step.name == "agencies")
    assert agencies.is_overdue(at=later)
    assert standing(sari) is Standing.FROZEN, "here it holds, whatever the agency says"

    office.fault = None
    actions.tell_unheard(at=later)

    assert FrozenLink.objects.get().freeze_heard_at == later


def test_a_worker_killed_after_the_call_tells_it_again_and_nothing_changes(office, sari, linked):
    steps.freeze(sari)
    steps.tell_all()
    FrozenLink.objects.update(heard_at=None, freeze_heard_at=None)

    steps.tell_all()

    assert FrozenLink.objects.get().heard_at is not None
    assert len(office.standings) == 1


def test_a_person_without_links_can_freeze_too(browser, sari):
    browser.post(PAGE)

    case = queries.get_case(account_id=sari.pk, at=timezone.now())
    assert case.links == ()
    assert next(step for step in case.steps if step.name == "agencies").done_at


def test_signing_in_to_a_frozen_account_shows_the_case_and_nothing_else(client, sari, linked):
    steps.freeze(sari)

    page = client.post(
        reverse("account_login"), {"email": sari.email, "password": PASSWORD}, follow=True
    )

    assert page.redirect_chain[-1][0] == reverse("protection:case")
    for path in ("/home/", "/account/", "/account/sessions/", "/inbox/", PAGE):
        assert client.get(path).status_code == 302, path


def test_the_view_of_a_case_ends_by_itself_and_with_the_freeze(client, sari, linked, time_machine):
    steps.freeze(sari)
    client.post(reverse("account_login"), {"email": sari.email, "password": PASSWORD})
    assert client.get(reverse("protection:case")).status_code == 200

    time_machine.move_to(timezone.now() + timedelta(minutes=16))

    assert client.get(reverse("protection:case")).status_code == 302


def test_attack_whoever_holds_all_proofs_of_a_frozen_account_can_decide_nothing(
    client, sari, linked
):
    steps.freeze(sari)
    client.post(reverse("account_login"), {"email": sari.email, "password": PASSWORD})

    for name in ("protection:take_back", "protection:end"):
        assert client.post(reverse(name, args=[linked])).status_code == 302
        assert standing(sari) is Standing.FROZEN


def test_attack_a_new_password_by_mail_does_not_open_a_frozen_account(sari):
    at = timezone.now()
    steps.freeze(sari)
    pending = steps.confirm_address(at, email=sari.email)

    with pytest.raises(accounts.AccountFrozen):
        accounts.reset_password(
            account=sari,
            pending=pending,
            typed=steps.NEW_PASSWORD,
            second="",
            origin=Origin(),
            at=at,
        )

    sari.refresh_from_db()
    assert sari.check_password(PASSWORD)


def test_safety_11_a_freeze_touches_no_payment_and_the_contract_says_so(office, sari, linked):
    steps.freeze(sari)
    steps.tell_all()

    told = [call.body for call in office.calls if call.path.endswith("/standing")]
    assert [set(body) for body in told] == [{"link_id", "standing", "changed_at"}]
    assert linking.get_link(account_id=sari.pk, agency_slug="pajak").is_active


def test_staff_freeze_for_a_caller_and_it_stands_in_her_log(sari, linked, desk):
    number = steps.freeze(sari, by=desk[0])

    line = AccessRecord.objects.filter(account_id=sari.pk, what="account.frozen").get()
    assert (line.actor_kind, line.actor_agency, line.actor_role) == ("staff", "loket", "help_desk")
    assert desk[0].full_name not in str(line.__dict__)
    assert steps.get_case().opened_by == "staff"
    assert steps.freeze(sari) == number


def test_staff_who_left_freeze_nobody(sari, desk):
    desk[0].left_at = timezone.now()
    desk[0].save()

    with pytest.raises(staff.NotYours):
        steps.freeze(sari, by=desk[0])

    assert not Case.objects.exists()
    assert Account.objects.get().frozen_at is None


def test_a_link_that_is_ended_elsewhere_is_decided(sari, linked):
    at = timezone.now()
    steps.freeze(sari)

    linking_actions.unlink(account_id=sari.pk, agency_slug="pajak", at=at)
    actions.note_ended(account_id=sari.pk, link_id=linked, at=at)
    actions.note_ended(account_id=sari.pk, link_id=linked, at=at)

    assert FrozenLink.objects.get().outcome == "ended"


@pytest.mark.django_db(transaction=True)
def test_a_freeze_that_races_a_new_password_comes_before_or_after_it(sari):
    """After it, the session that changed it is gone; before it, the change is refused."""
    outcomes = []
    ready = threading.Barrier(2)

    def change():
        try:
            ready.wait(timeout=10)
            accounts.change_password(
                account_id=sari.pk,
                typed=steps.NEW_PASSWORD,
                origin=Origin(),
                session_id=None,
                at=timezone.now(),
            )
        except accounts.AccountFrozen:
            outcomes.append("refused")
        else:
            outcomes.append("changed")
        finally:
            connection.close()

    def stop():
        try:
            ready.wait(timeout=10)
            steps.freeze(sari)
        finally:
            connection.close()

    threads = [threading.Thread(target=run) for run in (change, stop)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=30)

    assert len(outcomes) == 1
    account = Account.objects.get(id=sari.pk)
    assert account.frozen_at is not None
    assert account.check_password(PASSWORD) is (outcomes == ["refused"])
    assert not AccountSession.objects.filter(account_id=sari.pk).exists()


@pytest.mark.django_db(transaction=True)
def test_two_tabs_at_once_open_one_case(sari):
    numbers = []
    ready = threading.Barrier(2)

    def press():
        try:
            ready.wait(timeout=10)
            numbers.append(steps.freeze(sari))
        finally:
            connection.close()

    threads = [threading.Thread(target=press) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=30)

    assert len(numbers) == 2
    assert len(set(numbers)) == Case.objects.count() == 1
