# SPDX-License-Identifier: Apache-2.0
"""Four eyes: one proposes, another approves, and it is done once."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from satupintu.trust.agencies.tests.factories import AgencyFactory
from satupintu.trust.staff import actions, rules
from satupintu.trust.staff.actions import proposals as four_eyes
from satupintu.trust.staff.models import Proposal, StaffMember

from .factories import StaffFactory, StewardFactory, sign_in

pytestmark = pytest.mark.django_db
ACT = "restore_person"
REASON = "She proved who she is at the counter."


@pytest.fixture
def done(monkeypatch):
    """What was carried out. The act is one of the table, with a body of the test's own."""
    carried = []
    act = actions.Act(
        title="Give an account back", carry_out=carried.append, describe=lambda about: about
    )
    monkeypatch.setitem(four_eyes._acts, ACT, act)
    return carried


@pytest.fixture
def desk():
    tax = AgencyFactory(slug="tax")
    return [StaffFactory(agency=tax, role="help_desk") for _ in range(3)]


def propose(member, at=None, about="a"):
    return actions.propose(
        act=ACT, about=about, reason=REASON, by=member.id, at=at or timezone.now()
    )


def test_a_second_person_approves_and_in_that_moment_it_is_done(done, desk):
    proposal_id = propose(desk[0])
    assert done == []

    actions.approve(proposal_id=proposal_id, by=desk[1].id, at=timezone.now())

    (approved,) = done
    assert (approved.about, approved.proposed_by, approved.approved_by) == (
        "a",
        desk[0].id,
        desk[1].id,
    )
    assert Proposal.objects.get().outcome == "approved"


def test_nobody_approves_her_own_proposal_and_nothing_is_done(done, desk):
    proposal_id = propose(desk[0])

    with pytest.raises(actions.OwnProposal):
        actions.approve(proposal_id=proposal_id, by=desk[0].id, at=timezone.now())

    assert done == []
    assert Proposal.objects.get().outcome == ""


def test_the_table_itself_refuses_one_pair_of_eyes(desk, done):
    propose(desk[0])

    with pytest.raises(IntegrityError), transaction.atomic():
        Proposal.objects.update(outcome="approved", decided_by=desk[0], decided_at=timezone.now())
    with pytest.raises(IntegrityError), transaction.atomic():
        Proposal.objects.update(outcome="approved", decided_at=timezone.now())


def test_a_proposal_is_carried_out_once(done, desk):
    proposal_id = propose(desk[0])
    actions.approve(proposal_id=proposal_id, by=desk[1].id, at=timezone.now())

    with pytest.raises(actions.ProposalOver):
        actions.approve(proposal_id=proposal_id, by=desk[2].id, at=timezone.now())

    assert len(done) == 1


def test_a_proposal_ends_by_itself_and_can_be_made_again(done, desk):
    at = timezone.now()
    proposal_id = propose(desk[0], at=at)
    later = at + timedelta(hours=24)

    with pytest.raises(actions.ProposalOver):
        actions.approve(proposal_id=proposal_id, by=desk[1].id, at=later)

    assert propose(desk[0], at=later) != proposal_id
    assert done == []


def test_an_act_is_proposed_once_at_a_time(done, desk):
    propose(desk[0])

    with pytest.raises(actions.ProposedAlready):
        propose(desk[1])


def test_what_was_refused_or_taken_back_is_over(done, desk):
    at = timezone.now()
    refused, withdrawn = propose(desk[0]), propose(desk[0], about="b")

    actions.refuse(proposal_id=refused, by=desk[1].id, at=at)
    actions.refuse(proposal_id=withdrawn, by=desk[0].id, at=at)

    assert set(Proposal.objects.values_list("outcome", flat=True)) == {"refused", "withdrawn"}
    for proposal_id in (refused, withdrawn):
        with pytest.raises(actions.ProposalOver):
            actions.approve(proposal_id=proposal_id, by=desk[2].id, at=at)
    assert done == []


def test_another_agencys_desk_neither_sees_nor_approves_and_a_steward_may(done, desk, client):
    proposal_id = propose(desk[0])
    stranger = StaffFactory(role="help_desk")
    sign_in(client, stranger)

    assert REASON not in client.get(reverse("staff:proposals")).content.decode()
    client.post(reverse("staff:approve", args=[proposal_id]))
    assert done == []

    sign_in(client, StewardFactory())
    assert REASON in client.get(reverse("staff:proposals")).content.decode()
    client.post(reverse("staff:approve", args=[proposal_id]))
    assert len(done) == 1


@pytest.mark.parametrize("field", ["left_at", "suspended_at"])
def test_a_second_person_who_left_a_moment_ago_is_no_second_person(done, desk, field):
    proposal_id = propose(desk[0])
    StaffMember.objects.filter(id=desk[1].id).update(**{field: timezone.now()})

    with pytest.raises(actions.NotYours):
        actions.approve(proposal_id=proposal_id, by=desk[1].id, at=timezone.now())

    assert done == []


def test_an_act_that_refuses_leaves_the_proposal_open(desk, monkeypatch):
    def refuse(_approved):
        raise actions.NotSuspended

    act = actions.Act(title="x", carry_out=refuse, describe=str)
    monkeypatch.setitem(four_eyes._acts, ACT, act)
    proposal_id = propose(desk[0])

    with pytest.raises(actions.NotSuspended):
        actions.approve(proposal_id=proposal_id, by=desk[1].id, at=timezone.now())

    assert Proposal.objects.get().outcome == ""


def test_a_proposal_needs_a_reason_and_a_role(done, desk):
    integrator = StaffFactory(role="integrator")

    with pytest.raises(actions.NotYours):
        propose(integrator)
    with pytest.raises(actions.ReasonNeeded):
        actions.propose(act=ACT, about="a", reason="  ", by=desk[0].id, at=timezone.now())

    assert not Proposal.objects.exists()


def test_an_act_that_the_table_does_not_name_cannot_be_registered():
    act = actions.Act(title="x", carry_out=print, describe=str)

    with pytest.raises(ValueError, match="FOUR_EYES"):
        actions.register_act("delete_everything", act)


@given(
    act=st.sampled_from([*rules.FOUR_EYES, "unknown"]),
    role=st.sampled_from(rules.ROLES),
    agency=st.sampled_from(["", "tax", "health"]),
    proposed_in=st.sampled_from(["", "tax", "health"]),
)
def test_nobody_approves_her_own_and_none_but_a_steward_crosses_agencies(
    act, role, agency, proposed_in
):
    asked = {"act": act, "role": role, "agency": agency, "proposed_in": proposed_in}

    assert not rules.may_approve(**asked, is_proposer=True)
    if rules.may_approve(**asked, is_proposer=False):
        assert role in rules.FOUR_EYES[act].approve
        assert role == "steward" or agency == proposed_in != ""
