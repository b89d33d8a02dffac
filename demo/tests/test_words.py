# SPDX-License-Identifier: Apache-2.0
from datetime import date

import pytest

from demo.agency import words
from demo.agency.definition import UnknownAgency, list_slugs, load_definition


def list_texts(value, path=""):
    """Every {"id": ..., "en": ...} inside a definition."""
    if isinstance(value, dict):
        if set(value) & {"id", "en"} and all(isinstance(text, str) for text in value.values()):
            yield path, value
        else:
            for key, inside in value.items():
                yield from list_texts(inside, f"{path}.{key}")
    elif isinstance(value, list | tuple):
        for place, inside in enumerate(value):
            yield from list_texts(inside, f"{path}[{place}]")


def test_every_general_sentence_exists_in_both_languages():
    incomplete = {key for key, found in words.list_word_keys().items() if found != {"id", "en"}}

    assert incomplete == set()


@pytest.mark.parametrize("slug", list_slugs())
def test_everything_an_agency_says_exists_in_both_languages(slug):
    definition = load_definition(slug=slug)

    texts = dict(list_texts({"pages": definition.pages, "sees": definition.sees}))
    texts |= {"name": definition.name, "summary": definition.summary}
    for question in definition.questions:
        texts |= {f"{question.id}.label": question.label, f"{question.id}.hint": question.hint}

    assert len(texts) > 10
    assert all(text["id"].strip() and text["en"].strip() for text in texts.values())


def test_the_three_agencies_of_the_story_come_first_and_their_sectors_differ():
    slugs = list_slugs()

    assert slugs[:3] == ["tax", "health", "pasir-putih"]
    assert len({load_definition(slug=slug).sector for slug in slugs}) == len(slugs)


def test_an_unknown_agency_or_a_path_in_its_name_is_refused():
    for slug in ("nowhere", "../../etc/passwd", ""):
        with pytest.raises(UnknownAgency):
            load_definition(slug=slug)


def test_dates_and_money_are_written_as_each_language_does():
    assert words.write_date(date(2026, 8, 17), "id") == "17 Agustus 2026"
    assert words.write_date(date(2026, 8, 17), "en") == "17 August 2026"
    assert words.write_money(1_250_000, "id") == "Rp1.250.000"
    assert words.write_money(1_250_000, "en") == "Rp1,250,000"
