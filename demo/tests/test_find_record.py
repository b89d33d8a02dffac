# SPDX-License-Identifier: Apache-2.0
from datetime import UTC, datetime, timedelta

import pytest

from demo.agency import codes, linking, register
from demo.agency.describe import demo_people
from demo.agency.problems import Problem

NOW = datetime(2026, 11, 24, 8, 0, tzinfo=UTC)


@pytest.fixture
def people(office, keys):
    found = demo_people("tax", settings=office, keys=keys)
    return {person["email"].partition("@")[0]: person for person in found}


def ask(office, keys, answers, *, at=NOW, language="id"):
    return linking.enquire(settings=office, keys=keys, answers=answers, language=language, at=at)


def test_right_answers_send_a_code_to_the_mailbox_the_agency_holds(office, keys, people):
    delivery = ask(office, keys, people["sari"]["answers"])

    assert (delivery.channel, delivery.masked) == ("email", "s***@s***.nusa")
    assert delivery.mail["To"] == "sari@surel.nusa"
    assert delivery.expires_at == NOW + timedelta(days=14)


def test_case_spaces_and_another_way_to_write_the_date_do_not_matter(office, keys, people):
    answers = people["sari"]["answers"]
    loose = {
        "tax_number": "  " + answers["tax_number"].replace(".", " ") + " ",
        "born_on": "17 APRIL 1991",
        "postcode": " 404 17",
    }

    assert ask(office, keys, loose).channel == "email"


def test_the_mail_is_in_the_persons_language_and_carries_a_code_that_works(office, keys, people):
    delivery = ask(office, keys, people["sari"]["answers"], language="en")
    text = delivery.mail.get_content()

    code = text.split("Your code:")[1].split("\n")[0]
    match = linking.match_code(settings=office, keys=keys, code=code, at=NOW)

    assert match.record_hint == "S*** W***"
    assert match.record_ref == people["sari"]["record_ref"]
    assert "http" not in text


def test_without_a_mailbox_the_code_goes_by_letter(office, keys, people):
    delivery = ask(office, keys, people["slamet"]["answers"])

    assert (delivery.channel, delivery.masked) == ("letter", "J*** K*** 3***, B***")
    assert delivery.mail is None


@pytest.mark.parametrize("wrong", ["tax_number", "born_on", "postcode"])
def test_every_miss_looks_the_same_whichever_answer_was_wrong(office, keys, people, wrong):
    answers = people["sari"]["answers"] | {wrong: "1"}

    with pytest.raises(Problem) as caught:
        ask(office, keys, answers)

    assert caught.value.status == 404
    assert caught.value.body == linking.no_match().body


def test_a_miss_stores_no_code_and_costs_one_hash_like_a_hit(office, keys, people, monkeypatch):
    hashed = []
    original = codes._hash
    monkeypatch.setattr(codes, "_hash", lambda **given: hashed.append(1) or original(**given))

    with pytest.raises(Problem):
        ask(office, keys, people["sari"]["answers"] | {"postcode": "00000"})
    of_a_miss = len(hashed)
    ask(office, keys, people["sari"]["answers"])

    assert (of_a_miss, len(hashed) - of_a_miss) == (1, 1)
    with register.read_register(office.register_path) as connection:
        assert connection.execute("SELECT COUNT(*) FROM linking_code").fetchone()[0] == 1


def test_five_wrong_answers_close_the_questions_of_that_record_for_a_day(office, keys, people):
    wrong = people["sari"]["answers"] | {"postcode": "00000"}
    for minute in range(5):
        with pytest.raises(Problem):
            ask(office, keys, wrong, at=NOW + timedelta(minutes=minute))

    with pytest.raises(Problem) as caught:
        ask(office, keys, people["sari"]["answers"], at=NOW + timedelta(minutes=5))
    later = ask(office, keys, people["sari"]["answers"], at=NOW + timedelta(hours=24, minutes=5))

    assert caught.value.code == "closed"
    assert caught.value.body["retry_after"] == 24 * 3600 - 60
    assert later.channel == "email"


def test_closed_questions_leave_the_code_from_a_letter_open(office, keys, people):
    wrong = people["slamet"]["answers"] | {"postcode": "00000"}
    for _ in range(5):
        with pytest.raises(Problem):
            ask(office, keys, wrong)
    issued, _ = linking.issue_code_for(
        settings=office,
        keys=keys,
        record_ref=people["slamet"]["record_ref"],
        language="id",
        at=NOW,
    )

    match = linking.match_code(settings=office, keys=keys, code=issued.code, at=NOW)

    assert match.record_hint == "S***"


def test_a_number_that_nobody_has_closes_just_like_one_that_exists(office, keys, people):
    unknown = people["sari"]["answers"] | {"tax_number": "999999999999999"}
    for _ in range(5):
        with pytest.raises(Problem):
            ask(office, keys, unknown)

    with pytest.raises(Problem) as caught:
        ask(office, keys, unknown)

    assert caught.value.code == "closed"


def test_wrong_answers_about_one_record_do_not_close_another(office, keys, people):
    wrong = people["sari"]["answers"] | {"postcode": "00000"}
    for _ in range(5):
        with pytest.raises(Problem):
            ask(office, keys, wrong)

    assert ask(office, keys, people["bayu"]["answers"]).channel == "email"


def test_a_mailbox_is_not_flooded_with_codes(office, keys, people):
    for _ in range(5):
        ask(office, keys, people["sari"]["answers"])

    with pytest.raises(Problem) as caught:
        ask(office, keys, people["sari"]["answers"])

    assert caught.value.code == "closed"


def test_the_register_keeps_no_typed_number_of_an_enquiry(office, keys, people):
    unknown = people["sari"]["answers"] | {"tax_number": "987654321098765"}
    with pytest.raises(Problem):
        ask(office, keys, unknown)

    with register.read_register(office.register_path) as connection:
        rows = [tuple(row) for row in connection.execute("SELECT * FROM enquiry")]

    assert "987654321098765" not in str(rows)
