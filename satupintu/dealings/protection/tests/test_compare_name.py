# SPDX-License-Identifier: Apache-2.0
"""Before an account is given back, two of staff compare its name with the person and her paper."""

from dataclasses import replace

import pytest
from django.utils import timezone

from satupintu.dealings.protection import actions
from satupintu.trust.accounts.models import Account
from satupintu.trust.accounts.tests.factories import PASSWORD
from satupintu.trust.identity.actions import NameChanged, OwnProof
from satupintu.trust.identity.models import Proofing
from satupintu.trust.identity.queries import Paper
from satupintu.trust.staff.models import Proposal

from . import steps

pytestmark = pytest.mark.django_db


def test_safety_11_both_of_two_compare_her_name_before_anything_is_given_back(sari, desk):
    number = steps.freeze(sari)
    started = steps.start(number)
    with pytest.raises(actions.NotSeen):
        actions.propose_restoration(
            number=number,
            screen_code=started.code,
            paper=Paper.ID_CARD,
            reason=steps.REASON,
            by=desk[0].id,
            at=timezone.now(),
        )
    proposal_id = steps.propose(number, started, desk[0])
    with pytest.raises(actions.NotSeen):
        steps.approve(proposal_id, desk[1])
    assert Account.objects.get().check_password(PASSWORD), "nothing was dropped"

    assert steps.look(number, started, desk[1]) == "Sari Wulandari"
    steps.approve(proposal_id, desk[1])

    proofing = Proofing.objects.get(account_id=sari.pk)
    assert (proofing.level, proofing.paper) == (2, "id_card")


def test_attack_a_name_that_changed_between_two_looks_gives_nothing_back(sari, desk):
    number = steps.freeze(sari)
    started = steps.start(number)
    proposal_id = steps.propose(number, started, desk[0])
    Account.objects.update(full_name="Joko Prabowo")

    with pytest.raises(NameChanged):
        steps.look(number, started, desk[1])
    with pytest.raises(actions.NotSeen):
        steps.approve(proposal_id, desk[1])

    assert Account.objects.get().frozen_at


def test_attack_staff_give_no_account_back_that_bears_their_own_name(sari, desk):
    desk[0].full_name = "SARI WULANDARI"
    desk[0].save()
    number = steps.freeze(sari)

    with pytest.raises(OwnProof):
        steps.look(number, steps.start(number), desk[0])


def test_a_paper_without_a_photo_gives_nothing_back(sari, desk):
    number = steps.freeze(sari)
    started = steps.start(number)

    with pytest.raises(actions.PaperTooWeak):
        steps.propose(number, started, desk[0], paper=Paper.WITHOUT_PHOTO)

    assert not Proposal.objects.exists()


def test_safety_06_guessing_codes_of_screens_closes_for_who_guesses(sari, desk):
    number = steps.freeze(sari)
    started = steps.start(number)
    wrong = replace(started, code="AAAA AAAA")
    for _ in range(20):
        with pytest.raises(actions.CodeFitsNoBrowser):
            steps.look(number, wrong, desk[0])

    with pytest.raises(actions.TooManyLooks):
        steps.look(number, started, desk[0])
    assert steps.look(number, started, desk[1]) == "Sari Wulandari"
