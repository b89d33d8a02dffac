# SPDX-License-Identifier: Apache-2.0
"""Real threads against a real PostgreSQL: two approvers at once carry an act out once."""

import pytest
from django.utils import timezone

from satupintu.trust.accounts.tests.test_race_proofs import THREADS, race
from satupintu.trust.agencies.tests.factories import AgencyFactory
from satupintu.trust.rulebook.actions import seed_rulebook
from satupintu.trust.staff import actions
from satupintu.trust.staff.actions import proposals as four_eyes
from satupintu.trust.staff.models import Suspension

from .factories import StaffFactory, StewardFactory

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def rulebook():
    seed_rulebook()


def test_two_approvers_at_once_carry_an_act_out_once(monkeypatch):
    carried = []
    act = actions.Act(title="x", carry_out=carried.append, describe=str)
    monkeypatch.setitem(four_eyes._acts, "restore_person", act)
    tax = AgencyFactory()
    proposer, *others = [StaffFactory(agency=tax, role="help_desk") for _ in range(THREADS + 1)]
    at = timezone.now()
    proposal_id = actions.propose(
        act="restore_person", about="a", reason="She came in.", by=proposer.id, at=at
    )

    won = race(lambda n: actions.approve(proposal_id=proposal_id, by=others[n].id, at=at))

    assert won == 1
    assert len(carried) == 1


def test_many_who_suspend_at_once_leave_one_suspension():
    AgencyFactory(slug="tax")
    stewards = [StewardFactory() for _ in range(THREADS)]
    at = timezone.now()

    won = race(
        lambda n: actions.suspend(
            kind="agency", target="tax", reason="A leak.", by=stewards[n].id, at=at
        )
    )

    assert won == 1
    assert Suspension.objects.count() == 1
