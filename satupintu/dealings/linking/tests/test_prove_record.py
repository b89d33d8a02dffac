# SPDX-License-Identifier: Apache-2.0
from datetime import timedelta

import pytest

from satupintu.dealings.exchange import actions as exchange
from satupintu.dealings.exchange.tests.fake_agency import RIGHT_ANSWERS
from satupintu.dealings.linking import actions, queries
from satupintu.dealings.linking.models import LinkAttempt

from .ways import BUDIS_CODE, SARIS_CODE, WRONG_CODE, count_rows, enquire, enter, link


@pytest.mark.parametrize(
    "typed",
    ["K7PM2XRD94QT", "k7pm 2xrd 94qt", " K7PM-2XRD-94QT ", "K7PM\t2XRD\n94QT", "k7pm.2xrd.94qt"],
)
def test_a_code_is_understood_however_it_is_typed(sari, tax, office, typed, at):
    enter(sari, typed)

    assert office.calls[-1].body == {"code": "K7PM2XRD94QT"}


def test_letters_that_look_like_digits_are_read_as_digits(sari, tax, office, at):
    office.codes["100123456789"] = ("ref-x", "X***")

    enter(sari, "lOo1-2345-6789")

    assert office.calls[-1].body == {"code": "100123456789"}


@pytest.mark.parametrize("typed", ["K7PM", "K7PM2XRD94QTX", "💌" * 12, "ٱلْكُود", "U" * 12, "-"])
def test_what_is_no_whole_code_is_refused_without_a_call_and_counts_nothing(
    sari, tax, office, typed, at
):
    for _ in range(6):
        with pytest.raises(actions.CodeIsNotWhole):
            enter(sari, typed)

    assert office.calls == []
    enter(sari, SARIS_CODE)


def test_a_code_that_fits_is_remembered_and_joins_nothing(sari, tax, office, at):
    attempt_id = enter(sari)

    attempt = queries.get_attempt(account_id=sari.id, agency_slug="pajak", at=at)
    assert attempt.id == attempt_id
    assert attempt.is_matched
    assert attempt.record_hint == "S*** W***"
    assert count_rows() == (0, 1, 0)
    assert office.links == {}


def test_nothing_readable_about_the_record_is_stored(sari, tax, office, at):
    enter(sari)

    row = str(LinkAttempt.objects.values().get())

    assert "ref-sari" not in row
    assert "S***" not in row
    assert next(iter(office.matches)) not in row


def test_a_wrong_code_leaves_nothing_behind(sari, tax, at):
    with pytest.raises(actions.CodeFitsNothing) as caught:
        enter(sari, WRONG_CODE)

    assert caught.value.tries_left == 4
    assert count_rows() == (0, 0, 0)


def test_a_proof_ends_after_half_an_hour(sari, tax, at):
    enter(sari, at=at)

    def found(after):
        return queries.get_attempt(account_id=sari.id, agency_slug="pajak", at=at + after)

    assert found(timedelta(minutes=29, seconds=59)) is not None
    assert found(timedelta(minutes=30)) is None


def test_a_second_code_takes_the_place_of_the_first(sari, tax, at):
    first = enter(sari, SARIS_CODE)

    second = enter(sari, BUDIS_CODE)

    assert first != second
    assert count_rows() == (0, 1, 0)
    attempt = queries.get_attempt(account_id=sari.id, agency_slug="pajak", at=at)
    assert (attempt.id, attempt.record_hint) == (second, "B*** S***")


def test_who_is_linked_already_is_told_so_before_any_call(sari, tax, office, at):
    link(sari)
    office.calls.clear()

    with pytest.raises(actions.AlreadyLinked):
        enter(sari, BUDIS_CODE)
    with pytest.raises(actions.AlreadyLinked):
        enquire(sari, RIGHT_ANSWERS)

    assert office.calls == []


def test_answers_that_fit_bring_a_code_to_the_contact_the_agency_has(sari, tax, office, at):
    enquire(sari, RIGHT_ANSWERS)

    attempt = queries.get_attempt(account_id=sari.id, agency_slug="pajak", at=at)
    assert attempt.sent_masked == "s***@s***.nusa"
    assert attempt.sent_channel == "email"
    assert not attempt.is_matched


def test_the_code_that_came_after_answers_is_entered_like_any_other(sari, tax, office, at):
    enquire(sari, RIGHT_ANSWERS)

    enter(sari, office.sent_code)

    attempt = queries.get_attempt(account_id=sari.id, agency_slug="pajak", at=at)
    assert attempt.is_matched
    assert attempt.route == "questions"


def test_answers_are_kept_nowhere(sari, tax, at):
    enquire(sari, RIGHT_ANSWERS)

    row = str(LinkAttempt.objects.values().get())

    for answer in RIGHT_ANSWERS.values():
        assert answer not in row


def test_wrong_answers_leave_nothing_behind(sari, tax, at):
    with pytest.raises(actions.AnswersFitNothing):
        enquire(sari, {**RIGHT_ANSWERS, "born_on": "1990-01-01"})

    assert count_rows() == (0, 0, 0)


@pytest.mark.parametrize("fault", ["html", "error", "huge", "not_json", "hang_up"])
def test_an_agency_in_trouble_costs_no_try_and_leaves_nothing_behind(sari, tax, office, fault, at):
    office.fault = fault
    for _ in range(7):
        with pytest.raises(exchange.AgencyUnavailable):
            enter(sari)
        with pytest.raises(exchange.AgencyUnavailable):
            enquire(sari, RIGHT_ANSWERS)
    assert count_rows() == (0, 0, 0)

    office.fault = None
    enquire(sari, RIGHT_ANSWERS)
    enter(sari)

    assert count_rows() == (0, 1, 0)


def test_abandoning_forgets_the_proof_and_the_code_stays_good(sari, tax, at):
    enter(sari)

    actions.abandon_attempt(account_id=sari.id, agency_slug="pajak")

    assert count_rows() == (0, 0, 0)
    enter(sari)
