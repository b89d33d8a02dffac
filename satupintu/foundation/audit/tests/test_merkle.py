# SPDX-License-Identifier: Apache-2.0
"""The tree against the recursive definitions of RFC 9162, written down as they stand there."""

import hashlib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from satupintu.foundation.audit import merkle

logs = st.integers(1, 700).map(lambda size: [f"row {n}".encode() for n in range(size)])


def mth(rows):
    """RFC 9162, 2.1.1."""
    if not rows:
        return hashlib.sha256(b"").digest()
    if len(rows) == 1:
        return hashlib.sha256(b"\x00" + rows[0]).digest()
    k = largest_power_below(len(rows))
    return hashlib.sha256(b"\x01" + mth(rows[:k]) + mth(rows[k:])).digest()


def path(m, rows):
    """RFC 9162, 2.1.3.1."""
    if len(rows) == 1:
        return []
    k = largest_power_below(len(rows))
    if m < k:
        return [*path(m, rows[:k]), mth(rows[k:])]
    return [*path(m - k, rows[k:]), mth(rows[:k])]


def proof(m, rows):
    """RFC 9162, 2.1.4.1."""
    return subproof(m, rows, is_whole=True)


def subproof(m, rows, *, is_whole):
    if m == len(rows):
        return [] if is_whole else [mth(rows)]
    k = largest_power_below(len(rows))
    if m <= k:
        return [*subproof(m, rows[:k], is_whole=is_whole), mth(rows[k:])]
    return [*subproof(m - k, rows[k:], is_whole=False), mth(rows[:k])]


def largest_power_below(n):
    k = 1
    while 2 * k < n:
        k *= 2
    return k


def tiles_of(rows):
    """Tiles in memory, built as the RFC defines their hashes."""
    levels = [[hashlib.sha256(b"\x00" + row).digest() for row in rows]]
    while len(levels[-1]) >= 256:
        below = levels[-1]
        levels.append(
            [
                merkle.hash_tile(b"".join(below[at : at + 256]))
                for at in range(0, len(below) - 255, 256)
            ]
        )
    return merkle.Tiles(
        lambda level, number: (
            b"".join(levels[level][256 * number : 256 * (number + 1)])
            if level < len(levels)
            else b""
        )
    ).read_node


@st.composite
def log_and_place(draw):
    rows = draw(logs)
    return rows, draw(st.integers(0, len(rows) - 1))


@settings(deadline=None, max_examples=60)
@given(logs)
def test_a_head_is_the_rfcs_mth(rows):
    assert merkle.hash_tree(size=len(rows), read_node=tiles_of(rows)) == mth(rows)


def test_the_head_of_nothing_is_the_hash_of_nothing():
    assert merkle.hash_tree(size=0, read_node=tiles_of([])) == mth([])


def test_a_third_level_of_tiles_is_the_same_tree():
    rows = [str(n).encode() for n in range(256 * 256 + 300)]

    assert merkle.hash_tree(size=len(rows), read_node=tiles_of(rows)) == mth(rows)


@settings(deadline=None, max_examples=60)
@given(log_and_place())
def test_an_inclusion_proof_is_the_rfcs_path_and_verifies(case):
    rows, index = case

    made = merkle.prove_inclusion(index=index, size=len(rows), read_node=tiles_of(rows))

    assert made == path(index, rows)
    assert merkle.verify_inclusion(
        leaf=merkle.hash_leaf(rows[index]), index=index, size=len(rows), path=made, root=mth(rows)
    )


@settings(deadline=None, max_examples=60)
@given(log_and_place())
def test_a_consistency_proof_is_the_rfcs_proof_and_verifies(case):
    rows, last = case
    old = last + 1

    made = merkle.prove_consistency(old=old, new=len(rows), read_node=tiles_of(rows))

    assert made == proof(old, rows)
    assert merkle.verify_consistency(
        old=old, new=len(rows), old_root=mth(rows[:old]), new_root=mth(rows), proof=made
    )


@settings(deadline=None, max_examples=60)
@given(log_and_place(), st.data())
def test_a_changed_row_leaf_place_or_proof_is_never_included(case, data):
    rows, index = case
    root, made = mth(rows), path(index, rows)
    leaf = merkle.hash_leaf(rows[index])
    other = data.draw(st.integers(0, len(rows) + 2).filter(lambda place: place != index))
    spoilt = [*made]
    if spoilt:
        at = data.draw(st.integers(0, len(made) - 1))
        spoilt[at] = bytes([spoilt[at][0] ^ 1]) + spoilt[at][1:]

    def verifies(**changes):
        known = {"leaf": leaf, "index": index, "size": len(rows), "path": made, "root": root}
        return merkle.verify_inclusion(**(known | changes))

    assert verifies()
    assert not verifies(leaf=merkle.hash_leaf(rows[index] + b"!"))
    assert not verifies(index=other)
    assert not verifies(root=mth([*rows, b"one more"]))
    assert not verifies(path=[*made, leaf])
    if made:
        assert not verifies(path=spoilt)
        assert not verifies(path=made[:-1])


@settings(deadline=None, max_examples=60)
@given(log_and_place(), st.data())
def test_a_log_that_changed_one_old_row_is_never_consistent(case, data):
    rows, last = case
    old = last + 1
    changed = [*rows]
    changed[data.draw(st.integers(0, last))] = b"forged"

    assert not merkle.verify_consistency(
        old=old,
        new=len(rows),
        old_root=mth(rows[:old]),
        new_root=mth(changed),
        proof=proof(old, changed),
    )


@settings(deadline=None, max_examples=60)
@given(log_and_place())
def test_a_log_that_lost_its_last_row_is_never_consistent(case):
    rows, last = case

    assert not merkle.verify_consistency(
        old=len(rows), new=last, old_root=mth(rows), new_root=mth(rows[:last]), proof=[]
    )
    assert not merkle.verify_consistency(
        old=len(rows), new=len(rows), old_root=mth(rows), new_root=mth([*rows[:-1], b"x"]), proof=[]
    )


@settings(deadline=None, max_examples=60)
@given(log_and_place())
def test_a_proof_with_a_hash_too_many_or_too_few_is_refused(case):
    rows, last = case
    old, made = last + 1, proof(last + 1, rows)

    def verifies(hashes):
        return merkle.verify_consistency(
            old=old, new=len(rows), old_root=mth(rows[:old]), new_root=mth(rows), proof=hashes
        )

    assert not verifies([*made, b"\0" * 32])
    if made:
        assert not verifies(made[:-1])


def test_what_is_not_there_cannot_be_proved():
    read = tiles_of([b"a", b"b", b"c"])

    for index, size in ((3, 3), (-1, 3), (0, 0)):
        with pytest.raises(ValueError, match="no leaf"):
            merkle.prove_inclusion(index=index, size=size, read_node=read)
    for old, new in ((0, 3), (4, 3)):
        with pytest.raises(ValueError, match="no tree"):
            merkle.prove_consistency(old=old, new=new, read_node=read)
    with pytest.raises(ValueError, match="no complete subtree"):
        merkle.hash_tree(size=4, read_node=read)
    with pytest.raises(ValueError, match="full tile"):
        merkle.hash_tile(b"\0" * 32)
