# SPDX-License-Identifier: Apache-2.0
from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from satupintu.dealings.linking.rules import (
    CODE_ALPHABET,
    CODE_LENGTH,
    Marks,
    Route,
    Standing,
    Step,
    Use,
    decide_standing,
    find_end,
    group_code,
    is_whole_code,
    list_uses,
    other_route,
)
from satupintu.foundation.crypto import normalize_code

codes = st.text(alphabet=sorted(CODE_ALPHABET), min_size=CODE_LENGTH, max_size=CODE_LENGTH)
LOOKALIKES = {"0": "0Oo", "1": "1IiLl"}


@given(code=codes, data=st.data())
def test_a_code_written_by_hand_is_the_code(code, data):
    written = ""
    for character in code:
        shapes = LOOKALIKES.get(character, character + character.lower())
        written += data.draw(st.sampled_from(shapes))
        written += data.draw(st.sampled_from(["", " ", "-", " - ", "\u00a0", ".", "\t"]))

    assert normalize_code(written) == code
    assert is_whole_code(normalize_code(written))


@given(typed=st.text(max_size=60))
def test_normalising_twice_changes_nothing_more(typed):
    once = normalize_code(typed)

    assert normalize_code(once) == once


@given(typed=st.text(max_size=60))
def test_what_is_called_whole_has_twelve_characters_of_the_alphabet(typed):
    normalised = normalize_code(typed)

    if is_whole_code(normalised):
        assert len(normalised) == CODE_LENGTH
        assert set(normalised) <= CODE_ALPHABET


@given(code=codes)
def test_a_code_in_groups_is_still_the_code(code):
    assert len(group_code(code)) == CODE_LENGTH + 2
    assert normalize_code(group_code(code)) == code


def test_each_way_names_the_other():
    assert {other_route(route) for route in Route} == set(Route)
    assert all(other_route(other_route(route)) is route for route in Route)


def test_a_sent_code_belongs_to_the_questions():
    assert Step.SENT_CODE.route is Route.QUESTIONS
    assert Step.LETTER_CODE.route is Route.CODE


NOON = datetime(2026, 11, 24, 5, 0, tzinfo=UTC)
moments = st.none() | st.integers(-48, 48).map(lambda hours: NOON + timedelta(hours=hours))
marks = st.builds(
    Marks,
    provisional_until=moments,
    held_at=moments,
    paused_until=moments,
    frozen_at=moments,
)


@given(marks=marks)
def test_safety_09_10_11_only_a_link_on_which_nothing_rests_is_active(marks):
    rests = (
        marks.frozen_at is not None
        or marks.held_at is not None
        or (marks.paused_until is not None and marks.paused_until > NOON)
        or (marks.provisional_until is not None and marks.provisional_until > NOON)
    )

    assert (decide_standing(marks, at=NOON) is Standing.ACTIVE) is not rests


@given(marks=marks, serves=st.booleans())
def test_safety_09_10_11_whatever_stops_a_link_stops_all_of_it(marks, serves):
    standing = decide_standing(marks, at=NOON)
    uses = list_uses(standing, serves_provisional=serves)

    assert uses in (frozenset(), frozenset(Use))
    if standing in (Standing.FROZEN, Standing.PAUSED, Standing.ON_HOLD):
        assert uses == frozenset()
    assert serves or standing is Standing.ACTIVE or not uses


@given(marks=marks)
def test_a_standing_with_an_end_is_over_at_its_end(marks):
    standing = decide_standing(marks, at=NOON)
    end = find_end(marks, standing)

    if end is not None:
        assert end > NOON
        assert decide_standing(marks, at=end) is not standing
    else:
        assert standing in (Standing.FROZEN, Standing.ON_HOLD, Standing.ACTIVE)


def test_what_stops_a_link_outranks_what_lets_it_wait():
    everything = Marks(
        provisional_until=NOON + timedelta(hours=1),
        held_at=NOON,
        paused_until=NOON + timedelta(hours=1),
        frozen_at=NOON,
    )

    assert decide_standing(everything, at=NOON) is Standing.FROZEN
