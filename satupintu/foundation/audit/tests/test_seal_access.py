# SPDX-License-Identifier: Apache-2.0
from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from satupintu.foundation.audit import actions, queries
from satupintu.foundation.audit.models import Seal
from satupintu.foundation.audit.tests.logs import SARI, look, sequence_all
from satupintu.foundation.ids import new_id

pytestmark = pytest.mark.django_db
DEWI, RATNA = new_id(), new_id()


def propose(**changes):
    known = {
        "agency": "tax",
        "kind": "investigation",
        "legal_basis": "KUHAP, Pasal 43",
        "ends_at": timezone.now() + timedelta(days=30),
        "approver": DEWI,
        "at": timezone.now(),
    }
    return actions.propose_seal(**(known | changes))


@pytest.mark.parametrize(
    "change",
    [
        {"legal_basis": ""},
        {"legal_basis": "  "},
        {"kind": "curiosity"},
        {"ends_at": timezone.now() - timedelta(days=1)},
        {"ends_at": None},
    ],
)
def test_safety_19_no_seal_without_law_kind_and_end(change):
    with pytest.raises(IntegrityError), transaction.atomic():
        propose(**change)

    assert not Seal.objects.exists()


def test_safety_19_a_seal_takes_two_different_approvers():
    seal = propose()

    with pytest.raises(actions.SecondApproverNeeded):
        actions.approve_seal(seal_id=seal, approver=DEWI, at=timezone.now())
    with pytest.raises(IntegrityError), transaction.atomic():
        Seal.objects.filter(id=seal).update(second_approver=DEWI, approved_at=timezone.now())
    with pytest.raises(actions.SealNotInForce):
        look(seal_id=seal, at=timezone.now())

    actions.approve_seal(seal_id=seal, approver=RATNA, at=timezone.now())
    look(seal_id=seal, at=timezone.now())


def test_safety_19_a_seal_covers_its_agency_and_its_time_only():
    seal = propose()
    actions.approve_seal(seal_id=seal, approver=RATNA, at=timezone.now())

    for change in (
        {"actor": actions.Actor(kind="agency", agency="health")},
        {"at": timezone.now() + timedelta(days=31)},
    ):
        with pytest.raises(actions.SealNotInForce):
            look(**({"seal_id": seal, "at": timezone.now()} | change))


def test_safety_19_a_sealed_read_is_in_the_tree_and_comes_to_light_at_its_end(time_machine):
    seal = propose()
    actions.approve_seal(seal_id=seal, approver=RATNA, at=timezone.now())
    look(seal_id=seal, at=timezone.now())
    sequence_all()

    assert queries.list_accesses(account_id=SARI) == []
    assert queries.get_size() == 1
    assert list(queries.find_faults()) == []

    Seal.objects.filter(id=seal).update(ends_at=timezone.now() + timedelta(days=300))
    time_machine.move_to(timezone.now() + timedelta(days=30, minutes=1))

    (seen,) = queries.list_accesses(account_id=SARI)
    assert seen.actor_agency == "tax"
