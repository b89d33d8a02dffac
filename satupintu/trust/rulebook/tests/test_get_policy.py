# SPDX-License-Identifier: Apache-2.0
from datetime import UTC, datetime, timedelta

import pytest
from django.db import IntegrityError
from hypothesis import given
from hypothesis import strategies as st

from satupintu.trust.rulebook import actions, queries, rules
from satupintu.trust.rulebook.models import Policy

NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)


def decide(value, *, agency="", since=NOON - timedelta(days=1), until=None, name="test.wait"):
    return Policy.objects.create(
        name=name,
        agency=agency,
        kind="duration",
        value=value,
        valid_from=since,
        valid_until=until,
        source="A decision made for this test",
    )


@pytest.mark.django_db
def test_the_value_in_force_is_answered_with_its_type():
    decide("48 h")

    assert queries.get_policy("test.wait", agency="", at=NOON) == timedelta(hours=48)


@pytest.mark.django_db
def test_an_agencys_own_value_comes_before_everybodys():
    decide("48 h")
    decide("5 min", agency="tax")

    assert queries.get_duration("test.wait", agency="tax", at=NOON) == timedelta(minutes=5)
    assert queries.get_duration("test.wait", agency="health", at=NOON) == timedelta(hours=48)


@pytest.mark.django_db
def test_a_value_holds_from_its_day_until_its_end():
    decide("1 h", since=NOON - timedelta(days=9), until=NOON)
    decide("2 h", since=NOON)

    before = queries.get_policy("test.wait", agency="", at=NOON - timedelta(seconds=1))
    after = queries.get_policy("test.wait", agency="", at=NOON)

    assert (before, after) == (timedelta(hours=1), timedelta(hours=2))


@pytest.mark.django_db
def test_where_nobody_decided_the_act_is_refused():
    decide("1 h", since=NOON + timedelta(days=1))

    with pytest.raises(queries.PolicyUndecided):
        queries.get_policy("test.wait", agency="", at=NOON)


@pytest.mark.django_db
def test_a_policy_without_a_source_cannot_be_stored():
    with pytest.raises(IntegrityError):
        Policy.objects.create(name="x", kind="integer", value=1, valid_from=NOON, source="")


@pytest.mark.django_db
def test_the_shipped_rulebook_is_there_and_seeding_again_changes_nothing():
    before = Policy.objects.count()

    added = actions.seed_rulebook()

    assert before > 5
    assert added == 0
    assert Policy.objects.count() == before


@pytest.mark.django_db
def test_a_decision_of_the_stewards_outlives_seeding():
    Policy.objects.filter(name="linking.wrong_tries").update(value=3)

    actions.seed_rulebook()

    assert queries.get_integer("linking.wrong_tries", at=NOON) == 3


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("ask", "name"),
    [
        (queries.get_integer, "session.al2_idle"),
        (queries.get_duration, "linking.wrong_tries"),
        (queries.get_text, "linking.wrong_tries"),
    ],
)
def test_asking_for_another_type_is_a_programming_error(ask, name):
    with pytest.raises(TypeError):
        ask(name, at=NOON)


@given(st.integers(min_value=0, max_value=10_000), st.sampled_from(["s", "min", "h", "d"]))
def test_every_duration_reads_as_written(number, unit):
    seconds = {"s": 1, "min": 60, "h": 3600, "d": 86400}[unit]

    assert rules.read_value("duration", f"{number} {unit}") == timedelta(seconds=number * seconds)


@pytest.mark.parametrize(
    ("kind", "raw"),
    [
        ("duration", "48"),
        ("duration", "h 48"),
        ("duration", 48),
        ("integer", True),
        ("integer", "5"),
        ("boolean", 1),
        ("list", ["a", 1]),
        ("text", None),
        ("colour", "red"),
    ],
)
def test_a_value_that_is_not_what_it_says_is_refused(kind, raw):
    with pytest.raises(ValueError, match="is no"):
        rules.read_value(kind, raw)


@given(
    st.lists(
        st.tuples(
            st.sampled_from(["", "tax", "health"]),
            st.integers(min_value=-10, max_value=10),
            st.one_of(st.none(), st.integers(min_value=-9, max_value=11)),
        ),
        max_size=8,
    )
)
def test_the_chosen_row_is_in_force_and_no_better_one_is(entries):
    day = timedelta(days=1)
    rows = [
        rules.PolicyRow(
            name="x",
            agency=agency,
            value=number,
            valid_from=NOON + start * day,
            valid_until=None if end is None else NOON + end * day,
            source="test",
        )
        for number, (agency, start, end) in enumerate(entries)
    ]

    chosen = rules.choose_row(rows, agency="tax", at=NOON)

    running = [
        row
        for row in rows
        if row.valid_from <= NOON and (row.valid_until is None or row.valid_until > NOON)
    ]
    own = [row for row in running if row.agency == "tax"]
    general = [row for row in running if row.agency == ""]
    if chosen is None:
        assert not own
        assert not general
    else:
        best = own or general
        assert chosen in best
        assert chosen.valid_from == max(row.valid_from for row in best)
