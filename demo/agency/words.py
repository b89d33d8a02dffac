# SPDX-License-Identifier: Apache-2.0
"""Two languages: the general sentences of `words.toml`, dates and money as each writes them."""

import tomllib
from datetime import UTC, date, datetime
from functools import lru_cache
from pathlib import Path

LANGUAGES = ("id", "en")
MONTHS = {
    "id": [
        "Januari",
        "Februari",
        "Maret",
        "April",
        "Mei",
        "Juni",
        "Juli",
        "Agustus",
        "September",
        "Oktober",
        "November",
        "Desember",
    ],
    "en": [
        "January",
        "February",
        "March",
        "April",
        "May",
        "June",
        "July",
        "August",
        "September",
        "October",
        "November",
        "December",
    ],
}


@lru_cache(maxsize=1)
def _load_words() -> dict[str, dict[str, dict[str, str]]]:
    path = Path(__file__).with_name("words.toml")
    return tomllib.loads(path.read_text(encoding="utf-8"))


def say(key: str, language: str, /, **values: str | int) -> str:
    """The sentence `group.name`. A missing one is an error, in every language."""
    group, _, name = key.partition(".")
    return _load_words()[group][name][language].format(**values)


def list_word_keys() -> dict[str, set[str]]:
    """Every sentence with the languages it exists in: for the test that none is missing."""
    return {
        f"{group}.{name}": set(sentence)
        for group, sentences in _load_words().items()
        for name, sentence in sentences.items()
    }


def write_date(day: date, language: str) -> str:
    """17 Agustus 2026"""
    return f"{day.day} {MONTHS[language][day.month - 1]} {day.year}"


def write_money(amount: int, language: str) -> str:
    """Rp1.250.000 in Indonesian, Rp1,250,000 in English."""
    grouped = f"{amount:,}"
    return "Rp" + (grouped.replace(",", ".") if language == "id" else grouped)


def from_epoch(seconds: int) -> datetime:
    return datetime.fromtimestamp(seconds, tz=UTC)
