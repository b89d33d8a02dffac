# SPDX-License-Identifier: Apache-2.0
import threading
from datetime import UTC, datetime, timedelta

import pytest

from demo.agency import codes, linking, register
from demo.agency.describe import demo_people
from demo.agency.problems import Problem

NOW = datetime(2026, 11, 24, 8, 0, tzinfo=UTC)
LINK_1, LINK_2 = "0190a1b2-0000-7000-8000-000000000001", "0190a1b2-0000-7000-8000-000000000002"


@pytest.fixture
def sari(office, keys):
    return demo_people("tax", settings=office, keys=keys)[0]["record_ref"]


@pytest.fixture
def slamet(office, keys):
    return demo_people("tax", settings=office, keys=keys)[1]["record_ref"]


def issue(office, keys, ref, *, at=NOW):
    issued, _ = linking.issue_code_for(
        settings=office, keys=keys, record_ref=ref, language="id", at=at
    )
    return issued.code


def match(office, keys, code, *, at=NOW):
    return linking.match_code(settings=office, keys=keys, code=code, at=at)


def join(office, match_id, *, subject="subject-a", link_id=LINK_1, at=NOW):
    return linking.link_record(
        settings=office, subject=subject, match_id=match_id, link_id=link_id, at=at
    )


def code_of(caught) -> str:
    return caught.value.code


def test_a_code_has_twelve_crockford_characters_and_is_stored_as_a_salted_hash(office, keys, sari):
    code = issue(office, keys, sari)

    with register.read_register(office.register_path) as connection:
        row = connection.execute("SELECT * FROM linking_code").fetchone()
    assert len(code) == 12
    assert set(code) <= set(codes.CROCKFORD)
    assert len(row["salt"]) == 16
    assert code not in str(tuple(row))
    assert row["lookup"] < 2**24


def test_a_code_is_taken_with_spaces_lower_case_and_look_alikes(office, keys, sari):
    code = issue(office, keys, sari)
    typed = f" {code[:4]}-{code[4:8]} {code[8:]} ".lower().replace("0", "o").replace("1", "l")

    assert match(office, keys, typed).record_ref == sari


@pytest.mark.parametrize("typed", ["K7PM2XRD94QT", "", "🙂", "O" * 64, "\u202eabc", "İ" * 12])
def test_what_is_no_code_fits_nothing(office, keys, sari, typed):
    issue(office, keys, sari)

    with pytest.raises(Problem) as caught:
        match(office, keys, typed)

    assert code_of(caught) == "no_match"


def test_wrong_used_and_expired_codes_look_the_same(office, keys, sari, slamet):
    used, expired = issue(office, keys, sari), issue(office, keys, slamet)
    join(office, match(office, keys, used).match_id)
    bodies = []

    for code, at in (
        ("K7PM2XRD94QT", NOW),
        (used, NOW),
        (expired, NOW + timedelta(days=14)),
    ):
        with pytest.raises(Problem) as caught:
            match(office, keys, code, at=at)
        bodies.append(caught.value.body)

    assert bodies[0] == bodies[1] == bodies[2]


def test_a_code_is_good_until_the_end_of_its_fourteen_days(office, keys, sari):
    code = issue(office, keys, sari)

    assert match(office, keys, code, at=NOW + timedelta(days=13, hours=23)).record_ref == sari


def test_a_matched_code_can_be_matched_again_until_it_is_used_up(office, keys, sari):
    code = issue(office, keys, sari)

    first, second = match(office, keys, code), match(office, keys, code)

    assert first.match_id != second.match_id
    assert join(office, second.match_id).is_new


def test_the_same_link_again_answers_the_same_even_when_the_match_is_long_over(office, keys, sari):
    match_id = match(office, keys, issue(office, keys, sari)).match_id
    join(office, match_id)

    again = join(office, match_id, at=NOW + timedelta(days=1))

    assert again == linking.Linked(record_ref=sari, is_new=False)


def test_a_record_belongs_to_one_subject(office, keys, sari):
    join(office, match(office, keys, issue(office, keys, sari)).match_id)
    other = match(office, keys, issue(office, keys, sari)).match_id

    with pytest.raises(Problem) as caught:
        join(office, other, subject="subject-b", link_id=LINK_2)

    assert code_of(caught) == "record_taken"


def test_a_subject_holds_one_record(office, keys, sari, slamet):
    join(office, match(office, keys, issue(office, keys, sari)).match_id)
    other = match(office, keys, issue(office, keys, slamet)).match_id

    with pytest.raises(Problem) as caught:
        join(office, other, link_id=LINK_2)

    assert code_of(caught) == "subject_taken"


def test_a_match_is_over_after_half_an_hour(office, keys, sari):
    match_id = match(office, keys, issue(office, keys, sari)).match_id

    with pytest.raises(Problem) as caught:
        join(office, match_id, at=NOW + timedelta(minutes=30))

    assert code_of(caught) == "match_expired"


def test_joining_uses_up_the_other_codes_of_the_record_too(office, keys, sari):
    one, other = issue(office, keys, sari), issue(office, keys, sari)
    join(office, match(office, keys, one).match_id)

    with pytest.raises(Problem) as caught:
        match(office, keys, other)

    assert code_of(caught) == "no_match"


def test_a_used_code_does_not_come_back_with_unlinking(office, keys, sari):
    code = issue(office, keys, sari)
    match_id = match(office, keys, code).match_id
    join(office, match_id)
    linking.unlink_record(settings=office, subject="subject-a", at=NOW)

    with pytest.raises(Problem) as caught:
        join(office, match_id, subject="subject-b", link_id=LINK_2)

    assert code_of(caught) == "match_expired"


def test_parting_is_idempotent_and_frees_the_record(office, keys, sari):
    join(office, match(office, keys, issue(office, keys, sari)).match_id)

    linking.unlink_record(settings=office, subject="subject-a", at=NOW)
    linking.unlink_record(settings=office, subject="subject-a", at=NOW)
    linking.unlink_record(settings=office, subject="never-heard-of", at=NOW)

    fresh = match(office, keys, issue(office, keys, sari)).match_id
    assert join(office, fresh, subject="subject-b", link_id=LINK_2).is_new


def test_the_contact_that_the_agency_holds_is_told_of_parting(office, keys, sari):
    join(office, match(office, keys, issue(office, keys, sari)).match_id)
    parted = linking.unlink_record(settings=office, subject="subject-a", at=NOW)

    assert parted["To"] == "sari@surel.nusa"
    assert "24 November 2026" in parted.get_content()
    assert "http" not in parted.get_content()


def test_of_eight_subjects_racing_for_one_record_exactly_one_gets_it(office, keys, sari):
    code = issue(office, keys, sari)
    matches = [match(office, keys, code).match_id for _ in range(8)]
    gate, outcomes = threading.Barrier(8), []

    def race(place: int) -> None:
        gate.wait()
        try:
            join(office, matches[place], subject=f"subject-{place}")
            outcomes.append("joined")
        except Problem as problem:
            outcomes.append(problem.code)

    threads = [threading.Thread(target=race, args=(place,)) for place in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(outcomes) == ["joined"] + ["record_taken"] * 7
