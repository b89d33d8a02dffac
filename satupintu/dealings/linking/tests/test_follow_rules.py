# SPDX-License-Identifier: Apache-2.0
from hypothesis import given
from hypothesis import strategies as st

from satupintu.dealings.linking.rules import (
    CODE_ALPHABET,
    CODE_LENGTH,
    Route,
    Step,
    group_code,
    is_whole_code,
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
