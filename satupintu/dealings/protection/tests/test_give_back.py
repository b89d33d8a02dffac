# SPDX-License-Identifier: Apache-2.0
"""Giving an account back: two of staff let one browser go on, and old guards open nothing."""

import threading
from datetime import timedelta

import pytest
from django.db import connection
from django.urls import reverse
from django.utils import timezone

from satupintu.dealings.linking import queries as linking
from satupintu.dealings.linking.models import Link
from satupintu.dealings.linking.rules import Standing
from satupintu.dealings.protection import actions, queries
from satupintu.dealings.protection.models import FrozenLink, Restoration
from satupintu.foundation.audit.models import AccessRecord
from satupintu.trust.accounts import actions as accounts
from satupintu.trust.accounts.models import Account
from satupintu.trust.accounts.tests.factories import PASSWORD, AccountFactory, sign_in
from satupintu.trust.identity import queries as identity
from satupintu.trust.staff import actions as staff
from satupintu.trust.staff.models import Proposal

from . import steps

pytestmark = pytest.mark.django_db


def standing(account):
    return linking.get_standing(
        account_id=account.pk, agency_slug="pajak", at=timezone.now()
    ).standing


def take_back(account, link_id):
    actions.take_back_link(account_id=account.pk, link_id=link_id, at=timezone.now())


def test_the_whole_way_back(client, office, sari, linked, desk, mailoutbox):
    number = steps.freeze(sari)
    steps.tell_all()
    started = steps.restore(number, desk)
    assert Account.objects.get().frozen_at, "frozen until she has chosen new guards"

    account = steps.renew(started)
    take_back(account, linked)
    steps.tell_all()

    assert (account.email, account.frozen_at) == (steps.NEW_EMAIL, None)
    assert account.check_password(steps.NEW_PASSWORD)
    assert identity.get_level(account_id=account.pk, at=timezone.now()) == 2
    assert standing(account) is Standing.ACTIVE
    assert [word for word, _since in office.standings.values()] == ["open"]
    case = queries.get_case(account_id=account.pk, at=timezone.now())
    assert case.closed_at
    assert all(step.done_at for step in case.steps)


def test_attack_one_member_of_staff_alone_gives_nothing_back(sari, desk):
    number = steps.freeze(sari)
    started = steps.start(number)
    proposal_id = steps.propose(number, started, desk[0])

    with pytest.raises(staff.OwnProposal):
        steps.approve(proposal_id, desk[0])
    with pytest.raises(actions.RestorationOver):
        steps.renew(started)

    sari.refresh_from_db()
    assert sari.frozen_at
    assert sari.check_password(PASSWORD), "nothing was dropped either"


def test_a_second_approval_of_the_same_finds_it_decided(sari, desk):
    number = steps.freeze(sari)
    started = steps.start(number)
    proposal_id = steps.propose(number, started, desk[0])
    steps.look(number, started, desk[1])
    steps.look(number, started, desk[2])
    steps.approve(proposal_id, desk[1])

    with pytest.raises(staff.ProposalOver):
        steps.approve(proposal_id, desk[2])


def test_attack_staff_cannot_go_on_in_a_browser_of_their_own(sari, desk):
    number = steps.freeze(sari)
    hers, theirs = steps.start(number), steps.start(number)
    proposal_id = steps.propose(number, hers, desk[0])
    steps.look(number, hers, desk[1])
    steps.approve(proposal_id, desk[1])

    for secret in (theirs.secret, hers.code, ""):
        with pytest.raises(actions.RestorationOver):
            steps.renew(hers, secret=secret)
    with pytest.raises(actions.RestorationOver):
        steps.renew(theirs)

    assert Account.objects.get().frozen_at


def test_attack_a_code_of_another_case_fits_nothing(sari, desk):
    number = steps.freeze(sari)
    other = steps.freeze(AccountFactory())
    foreign = steps.start(other)

    with pytest.raises(actions.CodeFitsNoBrowser):
        steps.propose(number, foreign, desk[0])

    assert not Proposal.objects.exists()


def test_attack_a_browser_goes_on_once(sari, desk):
    started = steps.restore(steps.freeze(sari), desk)
    steps.renew(started)

    with pytest.raises(actions.RestorationOver):
        steps.renew(started, password="delapan tikar di serambi kiri")

    assert Account.objects.get().check_password(steps.NEW_PASSWORD)


def test_attack_old_factors_open_nothing_after_two_agreed(client, sari, desk):
    codes = accounts.make_recovery_codes(account_id=sari.pk, at=timezone.now())
    steps.restore(steps.freeze(sari), desk)

    page = client.post(reverse("account_login"), {"email": sari.email, "password": PASSWORD})

    assert page.status_code == 422
    with pytest.raises(accounts.RecoveryCodeWrong):
        accounts.use_recovery_code(account_id=sari.pk, typed=codes[0], at=timezone.now())
    assert not queries.get_case(account_id=sari.pk, at=timezone.now()).is_renewed


def test_what_takes_longer_than_its_day_is_over(sari, desk):
    at = timezone.now()
    started = steps.restore(steps.freeze(sari, at=at), desk, at)
    late = at + timedelta(hours=24)

    with pytest.raises(actions.RestorationOver):
        steps.renew(started, late)
    actions.forget_restorations(at=late)

    assert not Restoration.objects.exists()
    assert Account.objects.get().frozen_at


def test_the_first_of_two_who_left_meanwhile_is_no_first(sari, desk):
    number = steps.freeze(sari)
    started = steps.start(number)
    proposal_id = steps.propose(number, started, desk[0])
    steps.look(number, started, desk[1])
    desk[0].left_at = timezone.now()
    desk[0].save()

    with pytest.raises(staff.NotYours):
        steps.approve(proposal_id, desk[1])

    sari.refresh_from_db()
    assert sari.check_password(PASSWORD)
    assert Proposal.objects.get().outcome == ""


def test_safety_19_both_acts_stand_in_her_log_without_a_name(sari, desk):
    steps.restore(steps.freeze(sari), desk)

    lines = AccessRecord.objects.filter(account_id=sari.pk, actor_kind="staff")
    assert {line.what for line in lines} >= {"account.restoration_proposed", "account.restored"}
    for line in lines:
        assert (line.actor_agency, line.actor_role) == ("loket", "help_desk")
        for member in desk:
            assert member.full_name not in str(line.__dict__)


def test_a_mailbox_of_another_account_is_not_taken(sari, desk):
    started = steps.restore(steps.freeze(sari), desk)
    AccountFactory(email="budi@surat.nusa")

    with pytest.raises(accounts.AccountExists):
        steps.renew(started, email="budi@surat.nusa")

    steps.renew(started)


def test_links_stay_frozen_until_she_takes_each_back(sari, linked, desk):
    started = steps.restore(steps.freeze(sari), desk)
    account = steps.renew(started)

    assert standing(account) is Standing.FROZEN
    take_back(account, linked)
    with pytest.raises(actions.NoSuchLink):
        take_back(account, linked)


def test_before_she_has_new_guards_no_link_is_taken_back(sari, linked, desk):
    steps.restore(steps.freeze(sari), desk)

    with pytest.raises(accounts.AccountFrozen):
        take_back(sari, linked)

    assert standing(sari) is Standing.FROZEN


def test_safety_11_a_link_made_at_a_stronger_level_takes_that_level(sari, linked, desk):
    started = steps.restore(steps.freeze(sari), desk)
    Link.objects.update(identity_level=3)
    account = steps.renew(started)

    with pytest.raises(actions.LevelTooLow):
        take_back(account, linked)

    assert standing(account) is Standing.FROZEN


def test_a_link_that_is_not_hers_ends(sari, linked, desk):
    started = steps.restore(steps.freeze(sari), desk)
    account = steps.renew(started)

    actions.end_link(account_id=account.pk, link_id=linked, at=timezone.now())

    assert linking.get_link(account_id=account.pk, agency_slug="pajak") is None
    assert queries.get_case(account_id=account.pk, at=timezone.now()).closed_at


def test_frozen_again_before_all_is_decided_needs_two_again(sari, linked, desk):
    number = steps.freeze(sari)
    account = steps.renew(steps.restore(number, desk))

    assert steps.freeze(account) == number

    assert FrozenLink.objects.get().outcome == ""
    assert Account.objects.get().frozen_at
    case = queries.get_case(account_id=account.pk, at=timezone.now())
    assert not case.is_renewed
    steps.renew(steps.restore(number, desk), password="lima kapal di dermaga tua")


def test_attack_a_yes_from_before_a_second_freeze_lets_no_browser_go_on(sari, linked, desk):
    number = steps.freeze(sari)
    first = steps.restore(number, desk)
    second = steps.restore(number, desk)
    with pytest.raises(actions.RestorationOver):
        steps.renew(first)
    account = steps.renew(second)
    steps.freeze(account)

    for browser in (first, second):
        with pytest.raises(actions.RestorationOver):
            steps.renew(browser)

    assert Account.objects.get().frozen_at


def test_taking_back_needs_two_factors(client, sari, linked, desk):
    account = steps.renew(steps.restore(steps.freeze(sari), desk))
    sign_in(client, account, level=1)

    page = client.post(reverse("protection:take_back", args=[linked]))

    assert page.url.startswith(reverse("accounts:step_up"))
    assert standing(account) is Standing.FROZEN


def test_the_way_back_in_her_browser(client, sari, linked, desk, mailoutbox):
    number = steps.freeze(sari)
    client.post(reverse("protection:back"), {"number": number.lower()})
    waiting = client.get(reverse("protection:back_code"))
    code = client.session["protection.browser"]["code"]
    assert f"{code[:4]} {code[4:]}" in waiting.content.decode()
    assert client.get(reverse("protection:back_address")).status_code == 302
    started = steps.actions.Started(sari.pk, None, "", code)
    proposal_id = steps.propose(number, started, desk[0])
    steps.look(number, started, desk[1])
    steps.approve(proposal_id, desk[1])

    assert client.get(reverse("protection:back_code")).url == reverse("protection:back_address")
    client.post(reverse("protection:back_address"), {"email": steps.NEW_EMAIL})
    refused = client.post(
        reverse("protection:back_new"), {"code": "000000", "password": steps.NEW_PASSWORD}
    )
    assert refused.status_code == 422
    store = client.session
    store["protection.address"] |= {"confirmed_at": timezone.now().timestamp()}
    store.save()
    assert client.post(reverse("protection:back_new"), {"password": "pendek"}).status_code == 422
    page = client.post(reverse("protection:back_new"), {"password": steps.NEW_PASSWORD})

    assert page.url.startswith(reverse("accounts:second_factor_wanted"))
    html = client.get(reverse("protection:case")).content.decode()
    assert reverse("accounts:second_factor_wanted") in html
    assert reverse("protection:take_back", args=[linked]) not in html


def test_a_number_that_is_none_looks_the_same(client, sari):
    real = steps.freeze(sari)
    pages = []
    for number in (real, "ZZZZ ZZZZ"):
        client.post(reverse("protection:back"), {"number": number})
        page = client.get(reverse("protection:back_code")).content.decode()
        code = client.session["protection.browser"]["code"]
        pages.append(page.replace(f"{code[:4]} {code[4:]}", "CODE"))

    assert pages[0] == pages[1]
    assert Restoration.objects.count() == 1


def test_safety_06_trying_numbers_from_one_place_closes(client, sari):
    for _ in range(30):
        assert client.post(reverse("protection:back"), {"number": "ZZZZ ZZZZ"}).status_code == 302

    assert client.post(reverse("protection:back"), {"number": "ZZZZ ZZZZ"}).status_code == 429


@pytest.mark.django_db(transaction=True)
def test_two_presses_of_the_last_button_choose_one_password(sari, desk):
    started = steps.restore(steps.freeze(sari), desk)
    outcomes = []
    ready = threading.Barrier(2)

    def press(password):
        try:
            ready.wait(timeout=10)
            steps.renew(started, password=password)
        except actions.RestorationOver:
            outcomes.append(None)
        else:
            outcomes.append(password)
        finally:
            connection.close()

    threads = [
        threading.Thread(target=press, args=[password])
        for password in (steps.NEW_PASSWORD, "tujuh belas lampu di kota")
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=30)

    assert outcomes.count(None) == 1
    [chosen] = [password for password in outcomes if password]
    assert Account.objects.get(id=sari.pk).check_password(chosen)
