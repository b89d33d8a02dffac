# SPDX-License-Identifier: Apache-2.0
"""Properties of the pure rules, for any input."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from satupintu.trust.identity.rules import (
    CEILINGS,
    HIGHEST,
    Method,
    Proof,
    Vouch,
    compute_level,
    find_pair,
    read_level,
)

NOW = datetime(2026, 11, 24, 5, 0, tzinfo=UTC)
proofs = st.lists(
    st.builds(
        Proof,
        level=st.integers(1, HIGHEST),
        valid_until=st.integers(-1000, 1000).map(lambda hours: NOW + timedelta(hours=hours)),
    ),
    max_size=6,
)


@given(proofs, proofs)
def test_a_further_proof_never_lowers_the_level(some, more):
    assert compute_level(some + more, at=NOW) >= compute_level(some, at=NOW)


@given(proofs)
def test_no_number_of_proofs_adds_up_to_more_than_the_strongest(some):
    assert compute_level(some, at=NOW) in {0} | {proof.level for proof in some}


@given(proofs, st.integers(0, 1000))
def test_time_alone_never_raises_the_level(some, hours):
    assert compute_level(some, at=NOW + timedelta(hours=hours)) <= compute_level(some, at=NOW)


@given(proofs)
def test_what_has_lapsed_counts_for_nothing(some):
    standing = [proof for proof in some if proof.valid_until > NOW]

    assert compute_level(some, at=NOW) == compute_level(standing, at=NOW)


def test_safety_17_attestation_alone_reaches_the_first_level():
    assert CEILINGS[Method.ATTESTATION] == 1
    assert set(CEILINGS) == set(Method)


@pytest.mark.parametrize(("name", "level"), [("IP0", 0), ("IP1", 1), ("IP2", 2), ("IP3", 3)])
def test_the_rulebook_writes_levels_by_name(name, level):
    assert read_level(name) == level


@given(st.text(max_size=5).filter(lambda name: name not in {"IP0", "IP1", "IP2", "IP3"}))
def test_any_other_word_is_no_level(name):
    with pytest.raises(ValueError, match="no proofing level"):
        read_level(name)


ids = st.sampled_from([UUID(int=number) for number in range(1, 4)])


@given(st.lists(st.builds(Vouch, attestation_id=st.uuids(), attester_id=ids, community_id=ids)))
def test_safety_17_a_pair_is_never_of_one_attester_or_one_community(vouches):
    pair = find_pair(vouches)

    possible = any(
        one.attester_id != other.attester_id and one.community_id != other.community_id
        for one in vouches
        for other in vouches
    )
    assert (pair is not None) is possible
    if pair:
        assert pair[0].attester_id != pair[1].attester_id
        assert pair[0].community_id != pair[1].community_id
