# SPDX-License-Identifier: Apache-2.0
from datetime import timedelta
from unittest.mock import patch

import pytest
from django.utils import timezone
from procrastinate.contrib.django.models import ProcrastinateJob

from satupintu.dealings.exchange import actions as exchange
from satupintu.dealings.linking import actions
from satupintu.dealings.linking.models import Link, LinkAttempt, RecordHolder
from satupintu.foundation.ids import new_id
from satupintu.foundation.outbox.models import Event
from satupintu.trust.accounts.queries import list_activity
from satupintu.trust.agencies.models import Agency
from satupintu.trust.agencies.tests.factories import ClientFactory
from satupintu.trust.consent import queries as consent
from satupintu.trust.signin.models import AccessToken

from .ways import SARIS_CODE, confirm, count_rows, enter, has_link, link, tell_agencies, unlink


@pytest.fixture
def pending(sari, tax, office):
    """Sari agreed, and the agency gave no usable answer."""
    attempt_id = enter(sari)
    office.fault, office.fault_at = "html", "/linking/links"
    with pytest.raises(exchange.AgencyUnavailable):
        confirm(sari, attempt_id)
    office.fault = None
    return attempt_id


def test_unlinking_ends_it_here_at_once_without_waiting_for_the_agency(sari, tax, office, at):
    link_id = link(sari)
    office.calls.clear()

    unlink(sari)

    assert not has_link(sari)
    assert RecordHolder.objects.count() == 0
    assert not consent.list_consented_attributes(
        account_id=sari.id, agency_slug="pajak", at=timezone.now()
    )
    assert Event.objects.get(type="linking.record_unlinked").data["link_id"] == str(link_id)
    assert office.calls == []


def test_linking_and_unlinking_are_in_the_accounts_activity_without_naming_the_agency(
    sari, tax, office, at
):
    link(sari)
    unlink(sari)

    lines = list_activity(account_id=sari.id)

    assert sorted(line.kind for line in lines if line.kind.startswith("record_")) == [
        "record_linked",
        "record_unlinked",
    ]
    assert not any("pajak" in line.words.lower() for line in lines)


def test_what_was_never_linked_is_no_activity(sari, tax, office, pending):
    unlink(sari)

    assert not [line for line in list_activity(account_id=sari.id) if "record" in line.kind]


def test_unlinking_takes_back_what_the_agency_holds_of_a_sign_in(sari, tax, office, at):
    link(sari)
    client = ClientFactory(agency=Agency.objects.get(slug="pajak"))
    token = AccessToken.objects.create(
        token_hash="0" * 64,
        client_id=client.client_id,
        account_id=sari.id,
        grant_id=new_id(),
        subject="sub-1",
        scope="openid email",
        issued_at=at,
        expires_at=at + timedelta(minutes=10),
    )

    unlink(sari)

    token.refresh_from_db()
    assert token.revoked_at is not None


def test_the_agency_is_told_by_a_job_of_the_same_transaction(sari, tax, office, at):
    link_id = link(sari)

    unlink(sari)

    job = ProcrastinateJob.objects.get(task_name="satupintu.dealings.linking.tasks.tell_agency")
    assert job.args == {"account_id": str(sari.id), "link_id": str(link_id)}
    tell_agencies()
    assert office.links == {}


def test_telling_the_agency_twice_calls_it_once(sari, tax, office, at):
    link(sari)
    unlink(sari)

    tell_agencies()
    tell_agencies()

    assert office.count("DELETE", "/linking/links/") == 1


def test_an_agency_that_does_not_listen_is_told_again(sari, tax, office, at):
    link(sari)
    unlink(sari, at=at)
    office.fault = "error"
    with pytest.raises(exchange.AgencyDoesNotAnswer):
        tell_agencies(at=at)
    assert len(office.links) == 1
    office.fault = None

    tell_agencies(at=at + timedelta(seconds=31))

    assert office.links == {}
    assert Link.objects.get().agency_told_at is not None


def test_only_one_process_at_a_time_speaks_about_an_end(sari, tax, office, at):
    link(sari)
    unlink(sari, at=at)
    Link.objects.update(telling_until=at + timedelta(seconds=20))

    tell_agencies(at=at)

    assert office.count("DELETE", "/linking/links/") == 0


def test_unlinking_what_is_not_linked_is_refused(sari, tax, at):
    with pytest.raises(actions.NotLinked):
        unlink(sari)


def test_one_persons_unlinking_leaves_anothers_link(sari, budi, tax, office, at):
    link(sari)
    link(budi, "B3ND 8WCK 55HJ")

    unlink(sari)
    tell_agencies()

    assert has_link(budi)
    assert len(office.links) == 1


def test_a_record_can_be_linked_again_at_once_and_the_old_end_is_told_first(sari, tax, office, at):
    link(sari)
    unlink(sari)
    office.codes["NEWC0DE55555"] = ("ref-sari", "S*** W***")

    new_id = link(sari, "NEWC 0DE5 5555")

    methods = [call.method for call in office.calls if call.path.startswith("/linking/links/")]
    assert methods == ["PUT", "DELETE", "PUT"]
    assert [linked for linked, _ref in office.links.values()] == [str(new_id)]
    tell_agencies()
    assert [linked for linked, _ref in office.links.values()] == [str(new_id)]


def test_a_new_link_waits_while_a_job_speaks_about_the_old_one(sari, tax, office, at):
    link(sari)
    unlink(sari, at=at)
    Link.objects.update(telling_until=at + timedelta(seconds=20))
    office.codes["NEWC0DE55555"] = ("ref-sari", "S*** W***")
    attempt_id = enter(sari, "NEWC 0DE5 5555", at=at)

    with pytest.raises(exchange.AgencyDoesNotAnswer):
        confirm(sari, attempt_id, at=at)
    assert office.count("PUT", "/linking/links/") == 1
    confirm(sari, attempt_id, at=at + timedelta(seconds=21))

    assert has_link(sari)


def test_a_job_that_comes_late_does_not_undo_the_new_link(sari, tax, office, at):
    old_id = link(sari)
    unlink(sari)
    office.codes["NEWC0DE55555"] = ("ref-sari", "S*** W***")
    link(sari, "NEWC 0DE5 5555")

    actions.tell_agency(account_id=sari.id, link_id=old_id, at=at)

    assert len(office.links) == 1
    assert has_link(sari)


def test_the_record_is_free_for_its_owner_after_unlinking(sari, budi, tax, office, at):
    link(budi, SARIS_CODE)
    unlink(budi)
    tell_agencies()
    office.codes["NEWC0DE55555"] = ("ref-sari", "S*** W***")

    link(sari, "NEWC 0DE5 5555")

    assert has_link(sari)


def test_nobody_finishes_and_the_sweep_clears_it_away_on_both_sides(sari, tax, office, pending, at):
    office.links["stale"] = ("x", "y")

    actions.sweep_links(at=at + timedelta(hours=1))
    assert Link.objects.get().state == "pending"
    actions.sweep_links(at=at + timedelta(hours=3))
    actions.sweep_links(at=at + timedelta(hours=4))

    assert Link.objects.get().state == "ended"
    assert RecordHolder.objects.count() == 0
    assert office.count("DELETE", "/linking/links/") == 1


def test_giving_up_a_pending_link_leaves_nothing_and_tells_no_one_it_was_linked(
    sari, tax, office, pending, at
):
    unlink(sari)
    tell_agencies()

    assert RecordHolder.objects.count() == 0
    assert Event.objects.count() == 0
    assert office.count("DELETE", "/linking/links/") == 1


def test_a_link_given_up_while_the_agency_was_asked_is_undone_there_again(
    sari, tax, office, pending, at
):
    real = exchange.join_record

    def join(**arguments):
        ref = real(**arguments)
        actions.give_up_pending(account_id=sari.id, link_id=pending, at=at)
        Link.objects.update(agency_told_at=at)
        return ref

    with (
        patch("satupintu.dealings.exchange.actions.join_record", join),
        pytest.raises(actions.ProofExpired),
    ):
        confirm(sari, pending)
    assert len(office.links) == 1

    tell_agencies()

    assert office.links == {}


def test_the_sweep_tells_what_jobs_could_not(sari, tax, office, at):
    link(sari)
    unlink(sari, at=at)

    actions.sweep_links(at=at + timedelta(minutes=11))

    assert office.links == {}


def test_the_sweep_leaves_a_silent_agency_alone_until_the_next_time(sari, budi, tax, office, at):
    link(sari)
    link(budi, "B3ND 8WCK 55HJ")
    unlink(sari, at=at)
    unlink(budi, at=at)
    office.fault = "error"

    actions.sweep_links(at=at + timedelta(minutes=11))

    assert office.count("DELETE", "/linking/links/") == 1


def test_the_sweep_forgets_old_proofs(sari, tax, at):
    enter(sari, at=at)

    actions.sweep_links(at=at + timedelta(minutes=31))

    assert LinkAttempt.objects.count() == 0


def test_a_suspended_agencys_link_can_be_ended(sari, tax, office, at):
    link(sari)
    Agency.objects.update(suspended_at=at)

    unlink(sari)
    tell_agencies()

    assert office.links == {}
    assert count_rows() == (1, 0, 0)
