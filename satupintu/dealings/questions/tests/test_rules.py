# SPDX-License-Identifier: Apache-2.0
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from satupintu.dealings.questions.rules import (
    LONGEST_ANSWER,
    can_ask,
    clean_text,
    is_for_staff,
    judge_state,
)

moments = st.datetimes(
    min_value=datetime(2026, 1, 1),  # noqa: DTZ001  (hypothesis wants them without)
    max_value=datetime(2030, 1, 1),  # noqa: DTZ001
    timezones=st.just(UTC),
)


@given(due=moments, at=moments)
def test_a_question_is_late_exactly_from_its_due_moment_on(due, at):
    state = judge_state(due_at=due, answered_at=None, at=at)

    assert state == ("overdue" if at >= due else "waiting")


@given(due=moments, answered=moments, at=moments)
def test_an_answer_ends_the_clock_however_late_it_came(due, answered, at):
    assert judge_state(due_at=due, answered_at=answered, at=at) == "answered"


def test_agencies_staff_and_systems_are_asked_and_helpers_in_person():
    assert [can_ask(kind) for kind in ("agency", "staff", "system", "helper", "")] == [
        True,
        True,
        True,
        False,
        False,
    ]
    assert not is_for_staff("agency")
    assert is_for_staff("staff")
    assert is_for_staff("system")


@given(st.text(max_size=300))
def test_a_cleaned_text_stays_as_it_is_when_cleaned_again(text):
    try:
        kept = clean_text(text, longest=LONGEST_ANSWER)
    except ValueError:
        return

    assert clean_text(kept, longest=LONGEST_ANSWER) == kept
    assert "\r" not in kept
    assert kept == kept.strip()


@pytest.mark.parametrize("text", ["a\x00b", "a\x1bb", "a\u202eb", "a\u2066b", "a\ud800b"])
def test_signs_that_steer_others_are_refused(text):
    with pytest.raises(ValueError, match="control"):
        clean_text(text, longest=100)


def test_what_nobody_sees_is_nothing_and_what_is_too_long_is_refused():
    assert clean_text(" \u200b\n\t ", longest=10) == ""
    assert clean_text("x" * 10, longest=10) == "x" * 10
    with pytest.raises(ValueError, match="long"):
        clean_text("x" * 11, longest=10)


def test_lines_are_kept_whichever_machine_wrote_them():
    assert clean_text("satu\r\ndua\rtiga\n", longest=100) == "satu\ndua\ntiga"
