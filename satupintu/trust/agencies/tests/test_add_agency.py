# SPDX-License-Identifier: Apache-2.0
import json

import pytest
from django.core.management import CommandError, call_command

from satupintu.trust.agencies import queries

SCHOOL = {
    "slug": "beasiswa",
    "name_id": "Dana Beasiswa Nusa",
    "name_en": "Nusa Scholarship Fund",
    "summary_id": "Beasiswa dan pinjaman studi.",
    "summary_en": "Scholarships and study loans.",
    "level": "national",
    "sector": "education",
    "icon": "graduation-cap",
    "site_url": "https://beasiswa.nusa/",
    "api_url": "https://beasiswa.nusa/api",
    "sees": [{"id": "Bahwa ini benar Anda.", "en": "That this is really you."}],
}


@pytest.fixture
def describe(tmp_path):
    def write(**changes):
        file = tmp_path / "agency.json"
        kept = {name: value for name, value in (SCHOOL | changes).items() if value is not None}
        file.write_text(json.dumps(kept))
        return str(file)

    return write


@pytest.mark.django_db
def test_an_agency_is_added_from_its_description(describe):
    call_command("agency", "add", describe())

    card = queries.get_agency(slug="beasiswa")
    assert card.name_en == "Nusa Scholarship Fund"
    assert card.sees_id == ("Bahwa ini benar Anda.",)


@pytest.mark.django_db
def test_adding_again_brings_it_up_to_date(describe):
    call_command("agency", "add", describe())

    call_command("agency", "add", describe(api_url="https://beasiswa.nusa/v2"))

    assert queries.get_agency(slug="beasiswa").api_url == "https://beasiswa.nusa/v2"
    assert len(queries.list_agencies()) == 1


@pytest.mark.django_db
@pytest.mark.parametrize(
    "changes",
    [
        {"name_en": None},
        {"summary_id": "x" * 301},
        {"level": "village"},
        {"slug": "dana beasiswa"},
        {"api_url": "beasiswa"},
        {"sees": ["That this is really you."]},
        {"sees": None},
    ],
)
def test_a_description_that_is_not_whole_adds_nothing(describe, changes):
    with pytest.raises(CommandError):
        call_command("agency", "add", describe(**changes))

    assert queries.list_agencies() == []


@pytest.mark.django_db
def test_what_is_no_file_is_said(tmp_path):
    with pytest.raises(CommandError, match="can't be read"):
        call_command("agency", "add", str(tmp_path / "nothing.json"))


@pytest.mark.django_db
def test_safety_24_one_act_suspends_an_agency(describe):
    call_command("agency", "add", describe())

    call_command("suspend", "agency", "beasiswa", "--reason", "Its keys were stolen.")

    assert queries.get_agency(slug="beasiswa") is None
    with pytest.raises(CommandError):
        call_command("suspend", "agency", "beasiswa", "--reason", "Its keys were stolen.")


@pytest.mark.django_db
def test_safety_09_what_an_agency_has_shown_is_noted_by_the_products_own_command(describe):
    call_command("agency", "add", describe())
    assert not queries.get_agency(slug="beasiswa").serves_provisional

    call_command("agency", "provisional", "beasiswa", "shown")

    assert queries.get_agency(slug="beasiswa").serves_provisional


@pytest.mark.django_db
def test_safety_09_an_agency_cannot_say_it_of_itself(describe):
    call_command("agency", "add", describe(serves_provisional_since="2026-01-01T00:00:00Z"))

    assert not queries.get_agency(slug="beasiswa").serves_provisional


@pytest.mark.django_db
def test_safety_09_what_was_shown_outlives_a_new_description(describe):
    call_command("agency", "add", describe())
    call_command("agency", "provisional", "beasiswa", "shown")

    call_command("agency", "add", describe(api_url="https://beasiswa.nusa/v2"))

    assert queries.get_agency(slug="beasiswa").serves_provisional


@pytest.mark.django_db
def test_an_agency_that_is_not_there_has_shown_nothing():
    with pytest.raises(CommandError):
        call_command("agency", "provisional", "nobody", "shown")
