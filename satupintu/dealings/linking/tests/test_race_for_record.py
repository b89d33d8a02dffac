# SPDX-License-Identifier: Apache-2.0
"""Real threads, real PostgreSQL, a real server: the constraints decide, whoever comes first."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import connection
from django.utils import timezone

from satupintu.dealings.exchange import actions as exchange
from satupintu.dealings.linking import actions, queries
from satupintu.dealings.linking.models import Link, RecordHolder
from satupintu.foundation.errors import Refusal
from satupintu.foundation.outbox.models import Event

from .ways import confirm, enter, link, tell_agencies, unlink

pytestmark = pytest.mark.django_db(transaction=True)


def run_together(*tasks):
    """Start all at one moment; answer what each came to: "done", or the code of its refusal."""
    start = Barrier(len(tasks))

    def run(task):
        start.wait()
        try:
            task()
        except Refusal as refusal:
            return refusal.code
        else:
            return "done"
        finally:
            connection.close()

    with ThreadPoolExecutor(len(tasks)) as pool:
        return sorted(pool.map(run, tasks))


@pytest.mark.parametrize("round_number", range(3))
def test_two_accounts_that_link_one_record_at_once_leave_one_holder(
    sari, budi, tax, office, round_number
):
    office.codes["SEC0NDC0DE55"] = ("ref-sari", "S*** W***")
    sari_id = enter(sari)
    budi_id = enter(budi, "SEC0 NDC0 DE55")

    outcome = run_together(lambda: confirm(sari, sari_id), lambda: confirm(budi, budi_id))

    assert outcome == ["done", "record_cannot_be_linked"]
    holder = RecordHolder.objects.get()
    active = Link.objects.get()
    assert (active.account_id, active.id, active.state) == (
        holder.account_id,
        holder.link_id,
        "active",
    )
    assert [linked for linked, _ref in office.links.values()] == [str(active.id)]


@pytest.mark.parametrize("round_number", range(3))
def test_one_code_used_by_two_accounts_at_once_joins_one(sari, budi, tax, office, round_number):
    sari_id = enter(sari)
    budi_id = enter(budi)

    outcome = run_together(lambda: confirm(sari, sari_id), lambda: confirm(budi, budi_id))

    assert outcome == ["done", "record_cannot_be_linked"]
    assert Link.objects.count() == RecordHolder.objects.count() == len(office.links) == 1


def test_a_double_click_makes_one_link_and_one_event(sari, tax, office):
    attempt_id = enter(sari)

    outcome = run_together(*[lambda: confirm(sari, attempt_id)] * 4)

    assert outcome == ["done"] * 4
    assert Link.objects.get().state == "active"
    assert Event.objects.filter(type="linking.record_linked").count() == 1
    assert len(office.links) == 1


def test_two_codes_entered_in_two_tabs_at_once_leave_one_proof(sari, tax, office):
    outcome = run_together(
        lambda: enter(sari), lambda: enter(sari, "B3ND 8WCK 55HJ"), lambda: enter(sari)
    )

    assert outcome == ["done"] * 3
    assert queries.get_attempt(account_id=sari.id, agency_slug="pajak", at=timezone.now())


def test_two_records_of_one_agency_never_come_to_one_account(sari, tax, office):
    link_id = enter(sari)
    other = enter(sari, "B3ND 8WCK 55HJ", device="laptop")

    outcome = run_together(lambda: confirm(sari, link_id), lambda: confirm(sari, other))

    assert outcome == ["done", "proof_expired"]
    assert Link.objects.count() == 1


def test_finishing_and_giving_up_at_once_leave_both_sides_of_one_mind(sari, tax, office):
    attempt_id = enter(sari)
    office.fault, office.fault_at = "html", "/linking/links"
    with pytest.raises(exchange.AgencyUnavailable):
        confirm(sari, attempt_id)
    office.fault = None

    def give_up():
        actions.give_up_pending(account_id=sari.id, link_id=attempt_id, at=timezone.now())

    run_together(lambda: confirm(sari, attempt_id), give_up)
    tell_agencies()

    is_active = Link.objects.get().state == "active"
    assert bool(office.links) == is_active
    assert RecordHolder.objects.exists() == is_active


def test_unlinking_twice_at_once_tells_of_it_once(sari, tax, office):
    link(sari)

    outcome = run_together(lambda: unlink(sari), lambda: unlink(sari))

    assert outcome == ["done", "not_linked"]
    assert Event.objects.filter(type="linking.record_unlinked").count() == 1


def test_a_slow_agency_holds_none_of_our_locks(sari, budi, tax, office, hurry):
    sari_id = enter(sari)
    budi_id = enter(budi, "B3ND 8WCK 55HJ")
    office.fault, office.fault_at, office.faults_left = "slow", "/linking/links", 1
    office.slow_seconds = 2

    outcome = run_together(lambda: confirm(sari, sari_id), lambda: confirm(budi, budi_id))

    assert outcome == ["agency_does_not_answer", "done"]
