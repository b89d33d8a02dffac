# SPDX-License-Identifier: Apache-2.0
from datetime import timedelta

import pytest
from django.utils import timezone

from satupintu.dealings.exchange import actions as exchange
from satupintu.dealings.exchange.tests.fake_agency import RIGHT_ANSWERS
from satupintu.dealings.linking import actions, queries
from satupintu.dealings.linking.models import Link, RecordHolder
from satupintu.foundation.audit import queries as audit
from satupintu.foundation.ids import new_id
from satupintu.foundation.outbox.models import Event
from satupintu.trust.agencies.models import Agency
from satupintu.trust.consent import queries as consent
from satupintu.trust.signin import queries as signin

from .ways import (
    BUDIS_CODE,
    SARIS_CODE,
    confirm,
    count_rows,
    enquire,
    enter,
    has_link,
    link,
    tell_agencies,
    unlink,
)


def state_of(link_id):
    return Link.objects.get(id=link_id).state


def test_agreeing_joins_the_record_on_both_sides(sari, tax, office, at):
    link_id = link(sari)

    assert has_link(sari)
    subject = signin.get_subject(account_id=sari.id, sector="tax")
    assert office.links == {subject: (str(link_id), "ref-sari")}
    assert count_rows() == (1, 0, 1)


def test_what_was_agreed_is_recorded_where_the_person_can_see_it(sari, tax, at):
    link_id = link(sari)

    agreed = consent.list_consented_attributes(
        account_id=sari.id, agency_slug="pajak", at=timezone.now()
    )
    (access,) = audit.list_accesses(account_id=sari.id)
    assert agreed == {"identity_confirmed"}
    assert access.actor_agency == "pajak"
    assert access.words_id.startswith("menerima kepastian bahwa catatannya")
    assert access.words_en == "was told that its record is yours, when you linked it"
    event = Event.objects.get(type="linking.record_linked")
    assert event.data == {
        "account_id": str(sari.id),
        "link_id": str(link_id),
        "agency": "pajak",
        # What others who hear of it must know (safety rule 9).
        "provisional_until": Link.objects.get().provisional_until.isoformat(),
    }


def test_the_subjects_of_two_sectors_differ_and_no_call_carries_a_foreign_one(
    sari, tax, health, office, clinic, at
):
    link(sari)
    link(sari, "H3A1 THC0 DE55", agency="sehat")
    unlink(sari)
    unlink(sari, agency="sehat")
    tell_agencies()

    tax_subject = signin.get_subject(account_id=sari.id, sector="tax")
    health_subject = signin.get_subject(account_id=sari.id, sector="health")
    assert tax_subject != health_subject
    everything_to_tax = repr(office.calls)
    everything_to_health = repr(clinic.calls)
    assert tax_subject in everything_to_tax
    assert health_subject in everything_to_health
    assert health_subject not in everything_to_tax
    assert tax_subject not in everything_to_health
    for told in (everything_to_tax, everything_to_health):
        assert str(sari.id) not in told
        assert sari.email not in told
        assert sari.full_name not in told


def test_agreeing_twice_makes_one_link(sari, tax, office, at):
    attempt_id = enter(sari)

    confirm(sari, attempt_id)
    confirm(sari, attempt_id)

    assert count_rows() == (1, 0, 1)
    assert office.count("PUT", "/linking/links/") == 1
    assert Event.objects.filter(type="linking.record_linked").count() == 1


def test_safety_01_answers_alone_never_join_a_record(sari, tax, office, at):
    enquire(sari, RIGHT_ANSWERS)
    attempt = queries.get_attempt(account_id=sari.id, agency_slug="pajak", at=at)

    with pytest.raises(actions.ProofExpired):
        confirm(sari, attempt.id)

    assert office.count("PUT", "/linking/links/") == 0
    assert count_rows() == (0, 1, 0)


def test_a_proof_that_is_too_old_joins_nothing(sari, tax, office, at):
    attempt_id = enter(sari, at=at)

    with pytest.raises(actions.ProofExpired):
        confirm(sari, attempt_id, at=at + timedelta(minutes=31))

    assert office.links == {}
    assert Link.objects.count() == 0


def test_an_invented_proof_joins_nothing(sari, tax, office, at):
    with pytest.raises(actions.ProofExpired):
        confirm(sari, new_id())

    assert office.calls == []


def test_somebody_elses_proof_joins_nothing(sari, budi, tax, office, at):
    attempt_id = enter(sari)

    with pytest.raises(actions.ProofExpired):
        confirm(budi, attempt_id)

    assert office.links == {}


def test_a_proof_for_one_agency_joins_nothing_at_another(sari, tax, health, clinic, at):
    attempt_id = enter(sari)

    with pytest.raises(actions.ProofExpired):
        confirm(sari, attempt_id, agency="sehat")

    assert clinic.links == {}


def test_a_page_that_showed_another_record_confirms_nothing(sari, tax, office, at):
    shown = enter(sari, SARIS_CODE)
    enter(sari, BUDIS_CODE)

    with pytest.raises(actions.ProofExpired):
        confirm(sari, shown)

    assert office.links == {}


def test_a_record_that_another_account_holds_is_refused_without_a_word_about_it(
    sari, budi, tax, office, at
):
    link(budi, BUDIS_CODE)
    office.codes["NEWC0DE55555"] = ("ref-budi", "B*** S***")
    attempt_id = enter(sari, "NEWC 0DE5 5555")
    before = dict(office.links)

    with pytest.raises(actions.RecordCannotBeLinked) as caught:
        confirm(sari, attempt_id)

    assert office.links == before
    assert Link.objects.filter(account_id=sari.id).count() == 0
    assert RecordHolder.objects.get().account_id == budi.id
    words = str(caught.value).lower()
    assert not any(hint in words for hint in ("account of", "somebody", "another person", "budi"))


def test_one_account_holds_at_most_one_record_of_an_agency(sari, tax, office, at):
    link(sari, SARIS_CODE)

    with pytest.raises(actions.AlreadyLinked):
        link(sari, BUDIS_CODE)

    assert count_rows() == (1, 0, 1)


@pytest.mark.parametrize("fault", ["html", "error", "huge", "hang_up", "not_json"])
def test_trouble_in_the_middle_leaves_a_pending_link_that_gives_nothing(
    sari, tax, office, fault, at
):
    attempt_id = enter(sari)
    office.fault, office.fault_at = fault, "/linking/links"

    with pytest.raises(exchange.AgencyUnavailable):
        confirm(sari, attempt_id)

    assert state_of(attempt_id) == "pending"
    assert not has_link(sari)
    assert not consent.list_consented_attributes(
        account_id=sari.id, agency_slug="pajak", at=timezone.now()
    )
    assert audit.list_accesses(account_id=sari.id) == []
    assert Event.objects.count() == 0


def test_trying_again_finishes_a_pending_link_once(sari, tax, office, at):
    attempt_id = enter(sari)
    office.fault, office.fault_at = "html", "/linking/links"
    with pytest.raises(exchange.AgencyUnavailable):
        confirm(sari, attempt_id)
    office.fault = None

    confirm(sari, attempt_id)
    confirm(sari, attempt_id)

    assert state_of(attempt_id) == "active"
    assert Event.objects.filter(type="linking.record_linked").count() == 1


def test_a_yes_that_came_too_late_is_found_when_trying_again(sari, tax, office, hurry, at):
    attempt_id = enter(sari)
    office.fault, office.fault_at = "slow", "/linking/links"
    with pytest.raises(exchange.AgencyDoesNotAnswer):
        confirm(sari, attempt_id)
    assert state_of(attempt_id) == "pending"
    assert len(office.links) == 1
    office.fault = None

    confirm(sari, attempt_id)

    assert state_of(attempt_id) == "active"
    assert len(office.links) == 1


def test_a_no_of_the_agency_removes_everything(sari, tax, office, at):
    attempt_id = enter(sari)
    office.links["somebody-else"] = ("other-link", "ref-sari")

    with pytest.raises(actions.RecordCannotBeLinked):
        confirm(sari, attempt_id)

    assert count_rows() == (0, 0, 0)


def test_a_match_that_the_agency_has_forgotten_removes_everything(sari, tax, office, at):
    attempt_id = enter(sari)
    office.matches.clear()

    with pytest.raises(actions.ProofExpired):
        confirm(sari, attempt_id)

    assert count_rows() == (0, 0, 0)


def test_an_agency_that_joins_another_record_than_the_one_shown_is_not_believed(
    sari, tax, office, at
):
    attempt_id = enter(sari)
    office.fault, office.fault_at = "other_record", "/linking/links"

    with pytest.raises(exchange.AgencyAnswersNonsense):
        confirm(sari, attempt_id)

    assert state_of(attempt_id) == "ended"
    assert RecordHolder.objects.count() == 0
    office.fault = None
    tell_agencies()
    assert office.count("DELETE", "/linking/links/") == 1


def test_an_agency_suspended_meanwhile_joins_nothing(sari, tax, office, at):
    attempt_id = enter(sari)
    Agency.objects.update(suspended_at=at)

    with pytest.raises(exchange.AgencyTakesNoPart):
        confirm(sari, attempt_id)

    assert office.links == {}
    assert Link.objects.count() == 0


def test_what_joins_the_record_is_stored_unreadable(sari, tax, at):
    link(sari)

    stored = str(Link.objects.values().get()) + str(RecordHolder.objects.values().get())

    assert "ref-sari" not in stored
