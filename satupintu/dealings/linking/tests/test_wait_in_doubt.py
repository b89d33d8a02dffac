# SPDX-License-Identifier: Apache-2.0
"""Safety rule 17: while a proof is in doubt, what is new waits and what runs goes on."""

from datetime import timedelta

import pytest

from satupintu.dealings.linking import actions
from satupintu.dealings.linking.models import Link
from satupintu.trust.identity import actions as identities
from satupintu.trust.identity.models import AttestationReview
from satupintu.trust.identity.rules import Method

from .ways import confirm, enter, has_link, link


def put_in_doubt(person, at):
    evidence = identities.Evidence(
        method=Method.ATTESTATION, level=1, by="community", role="attester"
    )
    proofing_id = identities.record_proofing(account_id=person.id, evidence=evidence, at=at)
    AttestationReview.objects.create(
        account_id=person.id,
        proofing_id=proofing_id,
        why=AttestationReview.Why.ATTESTER_REVOKED,
        opened_at=at,
        due_at=at + timedelta(days=14),
    )


def test_safety_17_a_proof_in_doubt_links_nothing_new_and_leaves_nothing_behind(
    sari, tax, office, at
):
    put_in_doubt(sari, at)
    attempt_id = enter(sari)

    with pytest.raises(actions.ProofInDoubt):
        confirm(sari, attempt_id)

    assert not Link.objects.exists()
    assert office.links == {}


def test_safety_17_a_link_that_runs_is_not_touched(sari, tax, office, at):
    link(sari)

    put_in_doubt(sari, at)

    assert has_link(sari)
