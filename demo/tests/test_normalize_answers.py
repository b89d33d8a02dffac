# SPDX-License-Identifier: Apache-2.0
import pytest
from hypothesis import given
from hypothesis import strategies as st

from demo.agency.answers import normalize_answer


@pytest.mark.parametrize(
    "typed",
    [
        "17 8 1988",
        "17-08-1988",
        "17/8/1988",
        "1988-08-17",
        "17 Agustus 1988",
        " 17  AGUSTUS   1988 ",
        "17 August 1988",
        "17.08.1988",
        "19880817",
        "17 Agu 1988",
    ],
)
def test_a_date_may_be_written_in_many_ways(typed):
    assert normalize_answer(kind="date", typed=typed) == "1988-08-17"


@pytest.mark.parametrize("typed", ["", "31 2 1988", "kemarin", "17 8", "1 2 3 4", "0 0 0", "🙂"])
def test_an_impossible_date_is_nothing_rather_than_an_error(typed):
    assert normalize_answer(kind="date", typed=typed) == ""


def test_a_number_is_its_digits():
    assert normalize_answer(kind="number", typed=" 12.345.678.9-012.345 ") == "123456789012345"
    assert normalize_answer(kind="number", typed="١٢٣") == "123"


def test_a_text_loses_case_accents_spaces_and_punctuation():
    for typed in ("Karang Asri", "  KARANG   ASRI ", "karang-asri", "Kârang  Asri."):
        assert normalize_answer(kind="text", typed=typed) == "karang asri"
    assert normalize_answer(kind="text", typed="Nur'aini") == "nuraini"
    assert normalize_answer(kind="text", typed="Nur\u2019aini") == "nuraini"


@given(st.text(max_size=60), st.sampled_from(["text", "number", "date"]))
def test_no_text_at_all_breaks_it_and_twice_is_like_once(typed, kind):
    once = normalize_answer(kind=kind, typed=typed)

    assert normalize_answer(kind=kind, typed=once) == once
