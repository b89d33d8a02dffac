# SPDX-License-Identifier: Apache-2.0
import sqlite3
import time

import pytest

from demo.agency import register, residents
from demo.agency.definition import list_slugs, load_definition
from demo.agency.settings import AgencySettings
from demo.people import list_people, list_people_known_to


def settings_for(home, **changes) -> AgencySettings:
    values = {
        "slug": "tax",
        "home": str(home),
        "public_url": "http://127.0.0.1:1",
        "portal_issuer": "http://localhost:2",
        "client_id": "tax-site",
    }
    return AgencySettings(**(values | changes))


def test_the_same_seed_gives_the_same_people_and_another_seed_others():
    definition = load_definition(slug="health")

    once = list(residents.list_residents(definition=definition, seed=1, count=60))
    again = list(residents.list_residents(definition=definition, seed=1, count=60))
    other = list(residents.list_residents(definition=definition, seed=2, count=60))

    assert once == again
    assert {one.number for one in once} != {one.number for one in other}
    assert {one.ref for one in once}.isdisjoint({one.ref for one in other})


def test_a_register_holds_20000_residents_with_single_and_long_names(tmp_path):
    started = time.process_time()

    assert register.build_register(settings=settings_for(tmp_path))

    # A generous bound: it takes about a second.
    assert time.process_time() - started < 12
    with register.read_register(tmp_path / "register.sqlite3") as connection:
        names = [row[0] for row in connection.execute("SELECT full_name FROM resident")]
    single = [name for name in names if " " not in name]
    long = [name for name in names if len(name) > 40]
    assert len(names) == 20_000
    assert 1_000 < len(single) < 3_000
    assert len(long) > 100


@pytest.mark.parametrize("slug", list_slugs())
def test_each_demo_person_is_known_where_the_file_says_and_can_be_found_by_their_answers(slug):
    definition = load_definition(slug=slug)
    known = list_people_known_to(slug=slug)

    found = list(residents.list_residents(definition=definition, seed=5, count=len(known) + 3))

    assert [one.full_name for one in found[: len(known)]] == [person.name for person in known]
    for person, resident in zip(known, found, strict=False):
        answers = residents.answers_of(definition=definition, resident=resident)
        assert set(answers) == {question.id for question in definition.questions}
        assert bool(resident.email) == (person.agencies[slug] == "email")


def test_demo_people_have_long_passwords_and_agencies_that_exist():
    people = list_people()

    assert len(people) >= 6
    assert all(len(person.password) >= 15 for person in people)
    assert all(set(person.agencies) <= set(list_slugs()) for person in people)
    assert len({person.email for person in people}) == len(people)
    assert any(" " not in person.name for person in people)


def test_numbers_never_repeat_and_look_as_on_paper():
    definition = load_definition(slug="tax")

    found = list(residents.list_residents(definition=definition, seed=3, count=2_000))

    assert len({one.number for one in found}) == 2_000
    written = residents.write_number(definition=definition, digits="123456789012345")
    assert written == "12.345.678.9-012.345"


def test_a_second_build_keeps_what_is_there(tmp_path):
    settings = settings_for(tmp_path, residents=20)
    register.build_register(settings=settings)
    with register.open_register(settings.register_path) as connection:
        connection.execute(
            "INSERT INTO link (subject, record_ref, link_id, linked_at) VALUES ('s', 'r', 'l', 1)"
        )

    assert register.build_register(settings=settings) is False

    with register.read_register(settings.register_path) as connection:
        assert connection.execute("SELECT COUNT(*) FROM link").fetchone()[0] == 1


def test_a_half_built_register_is_built_again_from_the_start(tmp_path):
    (tmp_path / "register.building").write_bytes(b"half of something")

    register.build_register(settings=settings_for(tmp_path, residents=20))

    with register.read_register(tmp_path / "register.sqlite3") as connection:
        assert connection.execute("SELECT COUNT(*) FROM resident").fetchone()[0] == 20


def test_a_register_of_a_newer_version_is_refused_and_left_alone(tmp_path):
    settings = settings_for(tmp_path, residents=20)
    register.build_register(settings=settings)
    with register.open_register(settings.register_path) as connection:
        connection.execute("UPDATE about SET value = '999' WHERE key = 'schema_version'")

    with pytest.raises(register.NewerRegister):
        register.build_register(settings=settings)


def test_a_transaction_that_fails_leaves_nothing(office):
    with (
        pytest.raises(sqlite3.IntegrityError),
        register.open_register(office.register_path) as connection,
    ):
        connection.execute(
            "INSERT INTO link (subject, record_ref, link_id, linked_at) VALUES ('a', 'r1', 'l', 1)"
        )
        connection.execute(
            "INSERT INTO link (subject, record_ref, link_id, linked_at) VALUES ('b', 'r1', 'l', 1)"
        )

    with register.read_register(office.register_path) as connection:
        assert connection.execute("SELECT COUNT(*) FROM link").fetchone()[0] == 0
