# SPDX-License-Identifier: Apache-2.0
import json
import socket
import time
from base64 import urlsafe_b64decode
from datetime import timedelta

import pytest
from django.db import transaction
from django.utils import timezone

from satupintu.dealings.exchange import actions
from satupintu.dealings.exchange.tests.fake_agency import FAULTS
from satupintu.foundation.ids import new_id
from satupintu.trust.agencies.models import Agency
from satupintu.trust.rulebook.models import Policy

SILENT = {"trickle", "never_close", "error", "hang_up"}
CONFUSED = sorted(set(FAULTS) - SILENT - {"unmasked", "other_record"})


@pytest.fixture
def hurry(db):
    """Half a second instead of four, so that the tests need not wait."""
    Policy.objects.filter(name="exchange.question_timeout").delete()
    Policy.objects.create(
        name="exchange.question_timeout",
        kind="duration",
        value="1 s",
        valid_from=timezone.now() - timedelta(days=1),
        source="test",
    )


def match(code="AAAABBBBCCCC"):
    return actions.match_code(agency_slug="pajak", code=code, at=timezone.now())


def test_a_code_that_fits_answers_the_record(tax, office):
    office.codes["AAAABBBBCCCC"] = ("ref-1", "S*** W***")

    found = match()

    assert (found.record_ref, found.record_hint) == ("ref-1", "S*** W***")


def test_a_call_carries_a_token_for_this_agency_alone(tax, office):
    with pytest.raises(actions.NoMatch):
        match()

    claims = office.calls[0].authorization.removeprefix("Bearer ").split(".")[1]
    token = json.loads(urlsafe_b64decode(claims + "=="))
    assert token["aud"] == office.url
    assert token["scope"] == "linking"
    assert token["exp"] - token["iat"] == 60


def test_every_token_is_another(tax, office):
    for _ in range(2):
        with pytest.raises(actions.NoMatch):
            match()

    first, second = (call.authorization for call in office.calls)
    assert first != second


@pytest.mark.parametrize("fault", sorted(SILENT))
def test_an_agency_that_does_not_answer_is_given_up_at_the_deadline(tax, office, hurry, fault):
    office.fault = fault
    began = time.monotonic()

    with pytest.raises((actions.AgencyDoesNotAnswer, actions.AgencyAnswersNonsense)):
        match()

    assert time.monotonic() - began < 2.5


def test_an_answer_that_comes_too_late_is_no_answer(tax, office, hurry):
    office.fault = "slow"

    with pytest.raises(actions.AgencyDoesNotAnswer):
        match()


def test_the_deadline_is_four_seconds(db):
    from satupintu.trust.rulebook import queries

    assert queries.get_duration("exchange.question_timeout", at=timezone.now()) == timedelta(
        seconds=4
    )


@pytest.mark.parametrize("fault", CONFUSED)
def test_an_answer_that_is_not_the_contracts_is_nonsense(tax, office, fault):
    office.fault = fault

    with pytest.raises(actions.AgencyAnswersNonsense):
        match()


def test_a_redirect_is_not_followed(tax, office):
    office.fault = "redirect"

    with pytest.raises(actions.AgencyAnswersNonsense):
        match()

    assert len(office.calls) == 1


def test_a_name_that_is_not_masked_is_never_shown(tax, office):
    office.fault = "unmasked"

    with pytest.raises(actions.AgencyAnswersNonsense):
        match()


def test_an_agency_that_is_not_there_does_not_answer(tax):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        Agency.objects.update(api_url=f"http://127.0.0.1:{taken.getsockname()[1]}/api")

        with pytest.raises(actions.AgencyDoesNotAnswer):
            match()


def test_a_suspended_agency_is_not_called(tax, office):
    Agency.objects.update(suspended_at=timezone.now())

    with pytest.raises(actions.AgencyTakesNoPart):
        match()

    assert office.calls == []


def test_the_end_of_a_link_is_told_to_a_suspended_agency_too(tax, office):
    Agency.objects.update(suspended_at=timezone.now())

    actions.release_record(agency_slug="pajak", subject="sub-1", at=timezone.now())

    assert office.count("DELETE", "/linking/links/sub-1") == 1


@pytest.mark.django_db(transaction=True)
def test_a_call_inside_a_transaction_is_refused(office):
    from satupintu.trust.agencies.tests.factories import AgencyFactory

    AgencyFactory(slug="pajak", api_url=office.url)

    with transaction.atomic(), pytest.raises(RuntimeError):
        match()

    assert office.calls == []


def test_a_way_that_the_agency_closed_says_for_how_long(tax, office):
    office.fault = "closed"

    with pytest.raises(actions.WayClosed) as caught:
        match()

    assert caught.value.retry_after == timedelta(hours=2)


def test_joining_twice_joins_once(tax, office):
    office.codes["AAAABBBBCCCC"] = ("ref-1", "S*** W***")
    found = match()
    link_id = new_id()

    for _ in range(2):
        ref = actions.join_record(
            agency_slug="pajak",
            subject="sub-1",
            match_id=found.match_id,
            link_id=link_id,
            at=timezone.now(),
        )
        assert ref == "ref-1"

    assert office.links == {"sub-1": (str(link_id), "ref-1")}


def test_questions_come_in_the_agencys_own_words(tax, office):
    questions = actions.ask_questions(agency_slug="pajak", at=timezone.now())

    assert [question.id for question in questions] == ["tax_number", "born_on"]
    assert questions[0].label.say_in("id") == "Nomor pajak"
    assert questions[0].label.say_in("en") == "Tax number"


def test_nothing_of_a_call_is_logged_but_the_agency_and_the_kind_of_trouble(tax, office, caplog):
    caplog.set_level("DEBUG")
    office.fault = "other_json"

    with pytest.raises(actions.AgencyAnswersNonsense):
        match("SECRETCODE12")
    with pytest.raises(actions.AgencyAnswersNonsense):
        actions.join_record(
            agency_slug="pajak",
            subject="sub-secret",
            match_id="m",
            link_id=new_id(),
            at=timezone.now(),
        )

    said = " ".join(record.getMessage() for record in caplog.records if record.name != "asyncio")
    assert "SECRETCODE12" not in said
    assert "sub-secret" not in said
    assert "world" not in said


@pytest.mark.django_db(transaction=True)
def test_a_slow_agency_keeps_some_threads_waiting_and_leaves_the_others_free(office):
    from concurrent.futures import ThreadPoolExecutor

    from django.db import connection

    from satupintu.trust.agencies.tests.factories import AgencyFactory

    AgencyFactory(slug="pajak", sector="tax", api_url=office.url)
    office.fault, office.slow_seconds = "slow", 2

    def ask(_):
        began = time.monotonic()
        try:
            match()
        except (actions.NoMatch, actions.AgencyDoesNotAnswer) as refusal:
            return refusal.code, time.monotonic() - began < 1.8
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        outcome = sorted(pool.map(ask, range(4)))

    assert outcome == [
        ("agency_does_not_answer", True),
        ("agency_does_not_answer", True),
        ("no_match", False),
        ("no_match", False),
    ]


def test_a_name_that_leads_to_our_own_house_is_not_called(settings, tax, office):
    settings.LOOPBACK_ALLOWED = False
    port = office.url.split(":")[2].split("/")[0]
    Agency.objects.update(api_url=f"https://localhost:{port}/api")

    with pytest.raises(actions.AgencyDoesNotAnswer):
        actions.match_code(agency_slug="pajak", code="AAAABBBBCCCC", at=timezone.now())

    assert office.calls == []
