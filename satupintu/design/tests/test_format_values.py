# SPDX-License-Identifier: Apache-2.0
from datetime import UTC, date, datetime, timedelta

import pytest
from django.utils import translation

from satupintu.design import formats

EVENING = datetime(2026, 11, 24, 12, 42, tzinfo=UTC)  # 19.42 in Jakarta


@pytest.mark.parametrize(
    ("language", "expected"),
    [("id", "24 November 2026 pukul 19.42"), ("en", "24 November 2026 at 19:42")],
)
def test_a_moment_is_written_as_people_write_it(settings, language, expected):
    settings.TIME_ZONE = "Asia/Jakarta"

    with translation.override(language):
        assert formats.format_moment(EVENING) == expected


def test_months_have_their_names_in_each_language():
    with translation.override("id"):
        assert formats.format_date(date(2026, 12, 9)) == "9 Desember 2026"
    with translation.override("en"):
        assert formats.format_date(date(2026, 12, 9)) == "9 December 2026"


def test_what_was_just_now_is_said_by_its_day(settings):
    settings.TIME_ZONE = "Asia/Jakarta"

    with translation.override("id"):
        assert formats.format_recently(EVENING, EVENING) == "hari ini pukul 19.42"
        next_day = EVENING + timedelta(hours=10)
        assert formats.format_recently(EVENING, next_day) == "kemarin pukul 19.42"
        next_week = EVENING + timedelta(days=7)
        assert formats.format_recently(EVENING, next_week) == "24 November 2026"


def test_numbers_and_money_are_grouped_by_language():
    with translation.override("id"):
        assert formats.format_number(1_250_000) == "1.250.000"
        assert formats.format_money(1_250_000) == "Rp1.250.000"
    with translation.override("en"):
        assert formats.format_number(1_250_000) == "1,250,000"


def test_a_code_is_read_in_groups():
    assert formats.group_characters("K7PM2XRD94QT") == "K7PM 2XRD 94QT"


def test_part_of_a_sentence_that_stands_alone_begins_with_a_large_letter():
    assert formats.capitalise("that it is you, Sari") == "That it is you, Sari"
    assert formats.capitalise("") == ""
