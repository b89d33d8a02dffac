# SPDX-License-Identifier: Apache-2.0
"""`docs/asvs.md` judges every requirement of levels 1 and 2 of OWASP ASVS 5.0.0, and says by what."""

import re
from pathlib import Path

import pytest

from .test_named_tests import NAME, ROOT

ROW = re.compile(r"^\| (\d+\.\d+\.\d+) \| (\d) \| ([^|]+) \| ([^|]+) \| ([^|]+) \|$", re.MULTILINE)
PATH = re.compile(r"`([\w./-]+\.(?:py|toml|md|json|yaml|yml|conf|txt|js|example))`")
STATES = {"met", "n/a", "not met"}
# The numbers of the standard, by section: "1.2: 1-5" is 1.2.1 to 1.2.5.
LEVEL_1 = """
1.2: 1-5; 1.3: 1-2; 1.5: 1; 2.1: 1; 2.2: 1-2; 2.3: 1; 3.2: 1-2; 3.3: 1; 3.4: 1-2; 3.5: 1-3;
4.1: 1; 4.4: 1; 5.2: 1-2; 5.3: 1-2; 6.1: 1; 6.2: 1-8; 6.3: 1-2; 6.4: 1-2; 7.2: 1-4; 7.4: 1-2;
8.1: 1; 8.2: 1-2; 8.3: 1; 9.1: 1-3; 9.2: 1; 10.4: 1-5; 11.3: 1-2; 11.4: 1; 12.1: 1; 12.2: 1-2;
13.4: 1; 14.2: 1; 14.3: 1; 15.1: 1; 15.2: 1; 15.3: 1
"""
LEVEL_2 = """
1.1: 1-2; 1.2: 6-9; 1.3: 3-11; 1.4: 1-3; 1.5: 2; 2.1: 2-3; 2.2: 3; 2.3: 2-4; 2.4: 1; 3.3: 2-4;
3.4: 3-6; 3.5: 4-5; 3.7: 1-2; 4.1: 2-3; 4.2: 1; 4.3: 1-2; 4.4: 2-4; 5.1: 1; 5.2: 3; 5.4: 1-3;
6.1: 2-3; 6.2: 9-12; 6.3: 3-4; 6.4: 3-4; 6.5: 1-5; 6.6: 1-3; 6.8: 1-4; 7.1: 1-3; 7.3: 1-2;
7.4: 3-5; 7.5: 1-2; 7.6: 1-2; 8.1: 2; 8.2: 3; 8.4: 1; 9.2: 2-4; 10.1: 1-2; 10.2: 1-2; 10.3: 1-4;
10.4: 6-11; 10.5: 1-5; 10.6: 1-2; 10.7: 1-3; 11.1: 1-2; 11.2: 1-3; 11.3: 3; 11.4: 2-4; 11.5: 1;
11.6: 1; 12.1: 2-3; 12.3: 1-4; 13.1: 1; 13.2: 1-5; 13.3: 1-2; 13.4: 2-5; 14.1: 1-2; 14.2: 2-4;
14.3: 2-3; 15.1: 2-3; 15.2: 2-3; 15.3: 2-7; 16.1: 1; 16.2: 1-5; 16.3: 1-4; 16.4: 1-3; 16.5: 1-3;
17.1: 1; 17.2: 1-4; 17.3: 1-2
"""


def spell_out(numbers: str) -> list[str]:
    said = []
    for part in numbers.split(";"):
        section, _colon, span = part.strip().partition(": ")
        first, _dash, last = span.partition("-")
        said += [f"{section}.{n}" for n in range(int(first), int(last or first) + 1)]
    return said


@pytest.fixture(scope="module")
def rows() -> list[tuple[str, ...]]:
    return ROW.findall((ROOT / "docs/asvs.md").read_text("utf-8"))


def test_the_numbers_are_those_of_the_standard():
    assert (len(spell_out(LEVEL_1)), len(spell_out(LEVEL_2))) == (70, 183)


@pytest.mark.parametrize(("level", "numbers"), [("1", LEVEL_1), ("2", LEVEL_2)])
def test_every_requirement_is_judged_once(rows, level, numbers):
    judged = [number for number, its_level, *_rest in rows if its_level == level]

    assert sorted(judged) == sorted(spell_out(numbers))


def test_every_judgement_is_one_of_three_and_says_why(rows):
    assert {state for _n, _l, _short, state, _why in rows} == STATES
    assert [row for row in rows if not row[4].strip()] == []


def test_what_is_met_names_a_test_or_a_file(rows):
    silent = [
        number
        for number, _level, _short, state, why in rows
        if state == "met" and not NAME.search(why) and not PATH.search(why)
    ]

    # What the language itself gives.
    assert silent == ["1.4.1", "1.4.3"]


def test_every_file_that_is_named_is_there():
    text = (ROOT / "docs/asvs.md").read_text("utf-8")
    named = {name for name in PATH.findall(text) if "/" in name or name == "pyproject.toml"}

    missing = [
        name
        for name in named
        if not any(Path(root / name).is_file() for root in (ROOT, ROOT / "satupintu"))
    ]

    assert missing == []
    assert len(named) > 20
