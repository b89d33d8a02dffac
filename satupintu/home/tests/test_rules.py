# SPDX-License-Identifier: Apache-2.0
from datetime import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from satupintu.home.rules import name_part_of_day


@pytest.mark.parametrize(
    ("hour", "part"),
    [
        (0, "evening"),
        (3, "evening"),
        (4, "morning"),
        (10, "morning"),
        (11, "midday"),
        (14, "midday"),
        (15, "afternoon"),
        (17, "afternoon"),
        (18, "evening"),
        (23, "evening"),
    ],
)
def test_one_greets_by_the_hour(hour, part):
    assert name_part_of_day(datetime(2026, 11, 24, hour)) == part  # noqa: DTZ001  a local time


@given(st.datetimes())
def test_every_moment_has_a_greeting(moment):
    assert name_part_of_day(moment) in {"morning", "midday", "afternoon", "evening"}
