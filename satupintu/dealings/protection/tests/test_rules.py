# SPDX-License-Identifier: Apache-2.0
"""The steps of a case, and who is known well enough."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from satupintu.dealings.protection import rules

NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)
DAY = timedelta(days=1)
HOURS = [NOON + timedelta(hours=hours) for hours in range(0, 100, 7)]
moments = st.sampled_from([None, *HOURS])
facts = st.builds(
    rules.Facts,
    opened_at=st.just(NOON),
    shown_at=moments,
    proved_at=moments,
    renewed_at=moments,
    closed_at=moments,
    heard=st.lists(moments, max_size=4),
    decided=st.lists(moments, max_size=4),
)


def list_steps(known):
    return rules.list_steps(known, agencies_within=DAY, agree_within=DAY)


@given(facts)
def test_every_step_stands_there_once_and_in_its_order(known):
    assert [step.name for step in list_steps(known)] == list(rules.Name)


@given(facts)
def test_at_most_one_step_is_next_and_it_is_not_done_and_no_agencys(known):
    ahead = [step for step in list_steps(known) if step.is_next]

    assert len(ahead) <= 1
    for step in ahead:
        assert step.done_at is None
        assert step.who is not rules.Who.AGENCIES


@given(facts, st.sampled_from(HOURS))
def test_what_is_done_is_never_late(known, at):
    for step in list_steps(known):
        assert not (step.done_at and step.is_overdue(at=at))


@given(st.lists(moments, min_size=1, max_size=4))
def test_one_agency_that_has_not_confirmed_keeps_the_step_open(heard):
    known = rules.Facts(NOON, None, None, None, None, heard, [])
    step = next(step for step in list_steps(known) if step.name is rules.Name.AGENCIES)

    assert (step.done_at is None) == (None in heard)
    assert step.is_overdue(at=NOON + DAY) == (None in heard)


@given(st.integers(0, 3), st.integers(0, 3))
def test_safety_10_no_link_is_taken_back_by_a_weaker_proof_or_by_none(identity, link):
    allowed = rules.may_take_back(identity_level=identity, link_level=link)

    assert allowed == (identity >= link and identity >= 1)


@given(st.text(max_size=40), st.text(max_size=40))
def test_a_mask_shows_no_more_than_first_letters(name, host):
    for word, mask in zip(name.split(), rules.mask_name(name).split(), strict=True):
        assert mask == f"{word[0]}***"
    assert len(rules.mask_email(f"{name.replace('@', '')}@{host}")) <= len("a***@b***")
