# SPDX-License-Identifier: Apache-2.0
"""The owner of a record hears of every link, and may stop it with the code she was sent."""

from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone
from procrastinate.contrib.django.models import ProcrastinateJob

from satupintu.dealings.exchange import actions as exchange
from satupintu.dealings.linking import actions, queries, tasks
from satupintu.dealings.linking.models import Link, Notice
from satupintu.dealings.linking.rules import Standing
from satupintu.foundation.ids import new_id
from satupintu.trust.accounts import actions as accounts
from satupintu.trust.accounts.models import PauseCode
from satupintu.trust.accounts.queries import Origin
from satupintu.trust.agencies.models import Agency
from satupintu.trust.signin.models import AccessToken

from .ways import confirm, enter, link

WARN = "satupintu.dealings.linking.tasks.tell_record_owner"


def warn_owners():
    """What the worker does with every waiting job."""
    for job in ProcrastinateJob.objects.filter(task_name=WARN):
        tasks.tell_record_owner(**job.args)


def pause_by(office):
    [notice] = office.notices.values()
    return accounts.use_pause_code(
        typed=notice["pause_code"], origin=Origin(network="10.9.x.x"), at=timezone.now()
    )


def stand(account):
    return queries.get_standing(account_id=account.id, agency_slug="pajak", at=timezone.now())


def test_a_link_warns_the_owner_through_the_agency_with_a_code(sari, tax, office):
    link_id = link(sari)

    warn_owners()

    [notice] = office.notices.values()
    assert notice["record_ref"] == "ref-sari"
    assert notice["kind"] == "linked"
    assert PauseCode.objects.get().about == link_id
    # Neither the account nor its address is told to anybody.
    assert str(sari.id) not in str(notice)
    assert sari.email not in str(notice)


def test_the_code_is_kept_nowhere_once_the_agency_has_taken_it(sari, tax, office):
    link(sari)
    kept = Notice.objects.get()
    assert kept.pause_code_encrypted

    warn_owners()

    kept.refresh_from_db(fields=["pause_code_encrypted", "taken_at"])
    assert kept.pause_code_encrypted == ""
    assert kept.taken_at is not None


@pytest.mark.parametrize("fault", ["error", "html", "hang_up", "other_json"])
def test_an_agency_in_trouble_is_asked_again_until_it_has_taken_the_warning(
    sari, tax, office, fault
):
    link(sari)
    office.fault, office.fault_at = fault, "/linking/notices"
    with pytest.raises(exchange.AgencyUnavailable):
        warn_owners()
    assert Notice.objects.get().taken_at is None
    office.fault = None

    actions.tell_untold_owners(at=timezone.now() + timedelta(minutes=11))

    assert len(office.notices) == 1
    assert Notice.objects.get().taken_at is not None


def test_a_suspended_agency_still_passes_the_warning_on(sari, tax, office):
    link(sari)
    Agency.objects.update(suspended_at=timezone.now())

    warn_owners()

    assert len(office.notices) == 1


def test_the_same_job_twice_tells_once(sari, tax, office):
    link(sari)

    warn_owners()
    warn_owners()

    assert office.count("POST", "/linking/notices") == 1


def test_a_record_that_the_agency_no_longer_has_is_not_asked_about_for_ever(sari, tax, office):
    link(sari)
    office.codes.clear()

    warn_owners()

    assert Notice.objects.get().taken_at is not None


def test_no_link_stands_without_its_warning(sari, tax, office, monkeypatch):
    def fail(**_given):
        raise RuntimeError("disk full")

    attempt_id = enter(sari)
    monkeypatch.setattr(accounts, "make_pause_code", fail)
    with pytest.raises(RuntimeError):
        confirm(sari, attempt_id)

    assert Link.objects.get().state == "pending"
    assert stand(sari) is None


def test_safety_11_the_owners_code_pauses_link_and_account_at_once(sari, tax, office):
    link(sari)
    warn_owners()

    pausing = pause_by(office)

    assert stand(sari) == queries.StandingCard(
        standing=Standing.PAUSED, until=pausing.pause.ends_at, uses=frozenset()
    )
    # Undone is nothing.
    assert Link.objects.get().state == "active"
    assert office.links


def test_safety_11_a_pause_takes_back_what_agencies_hold_about_the_account(sari, tax, office):
    link(sari)
    warn_owners()
    now = timezone.now()
    AccessToken.objects.create(
        token_hash="a" * 64,
        client_id="any",
        account_id=sari.id,
        grant_id=new_id(),
        subject="s",
        scope="openid",
        issued_at=now,
        expires_at=now + timedelta(minutes=10),
    )

    pause_by(office)

    assert AccessToken.objects.get().revoked_at is not None


def test_safety_11_a_paused_account_links_nothing_new(sari, tax, office, health):
    link(sari)
    warn_owners()
    attempt_id = enter(sari, "H3A1 THC0 DE55", agency="sehat")
    pause_by(office)

    with pytest.raises(accounts.AccountPaused):
        confirm(sari, attempt_id, agency="sehat")

    assert Link.objects.filter(agency="sehat").count() == 0


@pytest.mark.django_db(transaction=True)
def test_a_link_that_waits_for_its_agency_does_not_stand_up_in_a_paused_account(
    sari, tax, office, health, clinic
):
    link(sari)
    warn_owners()
    attempt_id = enter(sari, "H3A1 THC0 DE55", agency="sehat")

    def pause_meanwhile(call):
        if call.method == "PUT":
            pause_by(office)
            connection.close()

    clinic.before_answering = pause_meanwhile

    with pytest.raises(accounts.AccountPaused):
        confirm(sari, attempt_id, agency="sehat")

    assert Link.objects.get(agency="sehat").state == "pending"


def test_safety_11_when_the_pause_is_over_the_link_serves_again(sari, tax, office):
    link(sari)
    warn_owners()
    ends_at = pause_by(office).pause.ends_at

    later = queries.get_standing(account_id=sari.id, agency_slug="pajak", at=ends_at)

    assert later.standing is Standing.ACTIVE
    assert later.is_open
