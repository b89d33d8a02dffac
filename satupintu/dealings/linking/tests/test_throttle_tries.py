# SPDX-License-Identifier: Apache-2.0
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.db import connection

from satupintu.dealings.exchange.tests.fake_agency import RIGHT_ANSWERS
from satupintu.dealings.linking import actions, queries
from satupintu.dealings.linking.rules import Route
from satupintu.trust.accounts.tests.factories import AccountFactory

from .ways import BUDIS_CODE, SARIS_CODE, WRONG_CODE, count_rows, enquire, enter, link, unlink

WRONG_ANSWERS = {**RIGHT_ANSWERS, "born_on": "1990-01-01"}


def use_up_code(account, *, device="phone", times=5, at=None):
    for number in range(times):
        refusal = actions.RouteClosed if number == times - 1 else actions.CodeFitsNothing
        with pytest.raises(refusal):
            enter(account, WRONG_CODE, device=device, at=at)


def open_routes(account, at, *, device="phone", agency="pajak"):
    return queries.list_open_routes(
        account_id=account.id, device_key=device, agency_slug=agency, at=at
    )


def test_the_fifth_wrong_code_closes_the_way_and_no_more_are_passed_on(sari, tax, office, at):
    use_up_code(sari)

    with pytest.raises(actions.RouteClosed) as caught:
        enter(sari, SARIS_CODE)

    assert caught.value.route == Route.CODE
    assert office.count("POST", "/linking/matches") == 5


def test_safety_06_a_route_that_is_used_up_closes_only_itself(sari, tax, health, office, at):
    use_up_code(sari)

    assert open_routes(sari, at) == {Route.QUESTIONS}
    enquire(sari, RIGHT_ANSWERS)
    enter(sari, office.sent_code)
    enter(sari, "H3A1 THC0 DE55", agency="sehat")


def test_safety_06_the_questions_close_and_leave_the_letters_code_open(sari, tax, at):
    for number in range(5):
        refusal = actions.RouteClosed if number == 4 else actions.AnswersFitNothing
        with pytest.raises(refusal):
            enquire(sari, WRONG_ANSWERS)

    assert open_routes(sari, at) == {Route.CODE}
    enter(sari)


def test_safety_06_tries_of_one_person_close_nothing_for_another(sari, budi, tax, at):
    use_up_code(budi)

    enter(sari)


def test_safety_06_a_stolen_device_does_not_close_the_owners_own(sari, tax, at):
    use_up_code(sari, device="stolen")

    enter(sari, device="her own")


def test_a_new_device_is_no_new_beginning(sari, tax, office, at):
    use_up_code(sari, device="one")
    use_up_code(sari, device="two")

    with pytest.raises(actions.RouteClosed):
        enter(sari, WRONG_CODE, device="three")

    assert office.count("POST", "/linking/matches") == 10


def test_the_way_opens_again_by_itself_after_a_day(sari, tax, at):
    use_up_code(sari, at=at)

    with pytest.raises(actions.RouteClosed):
        enter(sari, at=at + timedelta(hours=23, minutes=59))
    enter(sari, at=at + timedelta(hours=24))


def test_a_code_that_fits_counts_as_no_wrong_try(sari, tax, at):
    for _ in range(12):
        enter(sari)


def test_a_good_code_does_not_wash_off_wrong_tries(sari, tax, at):
    for _ in range(4):
        with pytest.raises(actions.CodeFitsNothing):
            enter(sari, WRONG_CODE)
    enter(sari, SARIS_CODE)

    with pytest.raises(actions.RouteClosed):
        enter(sari, WRONG_CODE)


def test_joining_a_record_forgets_the_wrong_tries_before_it(sari, tax, at):
    for _ in range(4):
        with pytest.raises(actions.CodeFitsNothing):
            enter(sari, WRONG_CODE)
    link(sari)
    unlink(sari)

    with pytest.raises(actions.CodeFitsNothing) as caught:
        enter(sari, WRONG_CODE)

    assert caught.value.tries_left == 4


def test_joining_ones_own_record_again_and_again_buys_no_more_answers(sari, tax, office, at):
    for _ in range(4):
        with pytest.raises(actions.AnswersFitNothing):
            enquire(sari, WRONG_ANSWERS)
    link(sari)
    unlink(sari)

    with pytest.raises(actions.RouteClosed):
        enquire(sari, WRONG_ANSWERS)


def test_every_enquiry_counts_because_each_sends_somebody_a_message(sari, tax, office, at):
    for _ in range(5):
        enquire(sari, RIGHT_ANSWERS)

    with pytest.raises(actions.RouteClosed):
        enquire(sari, RIGHT_ANSWERS)

    assert office.count("POST", "/linking/enquiries") == 5


def test_wrong_tries_with_a_sent_code_leave_the_letters_code_open(sari, tax, at):
    enquire(sari, RIGHT_ANSWERS)
    use_up_code(sari)

    assert open_routes(sari, at) == {Route.CODE}
    enter(sari, SARIS_CODE)


def test_a_way_that_the_agency_closed_is_closed_here_too(sari, tax, office, at):
    office.fault = "closed"

    with pytest.raises(actions.RouteClosed) as caught:
        enquire(sari, RIGHT_ANSWERS)

    assert caught.value.route == Route.QUESTIONS
    assert caught.value.opens_in == timedelta(hours=2)


@pytest.mark.django_db(transaction=True)
def test_many_tries_at_once_are_no_more_than_one_after_the_other(sari, tax, office, at):
    def try_once(number):
        try:
            enter(sari, f"{number:012d}", at=at)
        except (actions.CodeFitsNothing, actions.RouteClosed) as refusal:
            return refusal.code
        finally:
            connection.close()

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(try_once, range(20)))

    assert office.count("POST", "/linking/matches") == 5


def test_codes_of_others_are_not_told_apart_from_no_codes(sari, tax, office, at):
    office.used.add("B3ND8WCK55HJ")

    with pytest.raises(actions.CodeFitsNothing) as used:
        enter(sari, BUDIS_CODE)
    with pytest.raises(actions.CodeFitsNothing) as wrong:
        enter(sari, WRONG_CODE)

    assert str(used.value) == str(wrong.value)


def test_many_accounts_that_guess_codes_learn_and_join_nothing(sari, tax, office, at):
    """Each account has its few tries, and nothing of one try helps the next: a code that is live
    is answered like one that never was unless it is whole, and no row is left to count by."""
    live = SARIS_CODE.replace(" ", "")
    near = [live[:-1] + end for end in "0123456789" if live[-1] != end][:8]
    heard = set()
    for guess in near:
        thief = AccountFactory()
        with pytest.raises(actions.CodeFitsNothing) as refused:
            enter(thief, guess, device="one-thiefs-phone")
        heard.add((str(refused.value), refused.value.tries_left))
        use_up_code(thief, device="one-thiefs-phone", times=4)

    assert len(heard) == 1
    assert count_rows() == (0, 0, 0)
    # Nor do they close anything for the one whose code it is.
    enter(sari)
