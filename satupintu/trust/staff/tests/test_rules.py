# SPDX-License-Identifier: Apache-2.0
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from satupintu.trust.staff import rules
from satupintu.trust.staff.models import StaffMember
from satupintu.trust.staff.rules import Review

NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)
IDLE, LIFETIME = timedelta(minutes=15), timedelta(hours=12)
ROLES = st.sampled_from(rules.ROLES)
AGENCIES = st.sampled_from(["", "tax", "health"])
MINUTES = st.integers(0, 60 * 24)


def test_the_roles_of_the_table_are_the_roles_of_the_model():
    assert set(rules.ROLES) == set(StaffMember.Role.values)
    assert all(roles <= set(rules.ROLES) for roles in rules.PERMISSIONS.values())


@given(st.text(max_size=20), st.text(max_size=30))
def test_what_the_table_does_not_name_is_denied(role, permission):
    if role not in rules.ROLES or permission not in rules.PERMISSIONS:
        assert not rules.may(role, permission)


@given(ROLES, AGENCIES, ROLES, AGENCIES)
def test_nobody_looks_after_herself(role, agency, other_role, other_agency):
    assert not rules.may_look_after(
        role=role,
        agency=agency,
        other_role=other_role,
        other_agency=other_agency,
        is_self=True,
    )


@given(ROLES, AGENCIES, ROLES, AGENCIES)
def test_an_owner_stays_in_her_agency_and_nobody_but_a_steward_makes_a_steward(
    role, agency, other_role, other_agency
):
    allowed = rules.may_look_after(
        role=role,
        agency=agency,
        other_role=other_role,
        other_agency=other_agency,
        is_self=False,
    )

    if allowed:
        assert role in {"owner", "steward"}
        assert role == "steward" or (agency and agency == other_agency)
        assert other_role != "steward" or role == "steward"


@given(MINUTES, MINUTES)
def test_safety_07_a_staff_session_outlives_neither_idle_time_nor_lifetime(seen, later):
    seen_at = NOON + timedelta(minutes=seen)

    end = rules.compute_session_end(started_at=NOON, seen_at=seen_at, idle=IDLE, lifetime=LIFETIME)

    assert end <= seen_at + IDLE
    assert end <= NOON + LIFETIME


@pytest.mark.parametrize(
    ("days", "expected"),
    [
        (0, Review.CONFIRMED),
        (77, Review.CONFIRMED),
        (78, Review.DUE),
        (91, Review.DUE),
        (92, Review.OVERDUE),
        (105, Review.OVERDUE),
        (106, Review.LOCKED),
        (999, Review.LOCKED),
    ],
)
def test_a_review_is_due_then_overdue_then_the_door_is_locked(days, expected):
    found = rules.judge_review(
        confirmed_at=NOON,
        at=NOON + timedelta(days=days),
        interval=timedelta(days=92),
        notice=timedelta(days=14),
        grace=timedelta(days=14),
    )

    assert found is expected
