# SPDX-License-Identifier: Apache-2.0
import threading
from datetime import timedelta

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from django.db import connection, transaction

from satupintu.foundation import crypto
from satupintu.foundation.audit import actions, merkle, queries, tasks
from satupintu.foundation.audit.models import AccessRecord, Head, LogKey, Tile
from satupintu.foundation.audit.queries.accesses import get_facts
from satupintu.foundation.audit.rules import commit
from satupintu.foundation.audit.tests.logs import BUDI, NOON, SARI, look, sequence_all

LATER = NOON + timedelta(hours=2)


def in_threads(*works):
    """Each in a thread and on a connection of its own; raises what one of them raised."""
    errors = []

    def run(work):
        try:
            work()
        except Exception as error:  # noqa: BLE001
            errors.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(work,)) for work in works]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if errors:
        raise errors[0]


def proves(record, *, size):
    path = queries.Prover().prove_inclusion(index=record.leaf_index, size=size)
    leaf = merkle.hash_leaf(commit(facts=get_facts(record), salt=bytes(record.salt)))
    return merkle.verify_inclusion(
        leaf=leaf,
        index=record.leaf_index,
        size=size,
        path=path,
        root=queries.Prover().compute_root(size=size),
    )


@pytest.mark.django_db
def test_every_row_gets_one_leaf_and_a_proof_that_verifies():
    for number in range(600):
        look(number=number)
    assert [actions.sequence_accesses(at_most=100) for _ in range(7)] == [100] * 6 + [0]

    rows = list(AccessRecord.objects.order_by("id"))

    assert [row.leaf_index for row in rows] == list(range(600))
    assert all(proves(row, size=600) for row in rows[::97])
    assert list(queries.find_faults()) == []


@pytest.mark.django_db
def test_an_older_head_is_consistent_with_every_later_one():
    roots = {}
    for _ in range(9):
        for number in range(70):
            look(number=number)
        sequence_all()
        size = queries.get_size()
        roots[size] = queries.Prover().compute_root(size=size)

    for old, old_root in roots.items():
        proof = queries.Prover().prove_consistency(old=old, new=630)
        assert merkle.verify_consistency(
            old=old, new=630, old_root=old_root, new_root=roots[630], proof=proof
        )


@pytest.mark.django_db
def test_two_equal_reads_have_commitments_that_nobody_can_compare():
    look()
    look()

    first, second = AccessRecord.objects.all()

    assert bytes(first.salt) != bytes(second.salt)
    assert bytes(first.commitment) != bytes(second.commitment)


@pytest.mark.django_db
def test_a_row_of_the_last_release_is_committed_to_when_it_is_sequenced():
    look()
    AccessRecord.objects.update(salt=None, commitment=None)

    sequence_all()

    assert proves(AccessRecord.objects.get(), size=1)
    assert list(queries.find_faults()) == []


@pytest.mark.django_db
@pytest.mark.parametrize(
    "change",
    [
        {"what": "bank account"},
        {"words_en": "did nothing"},
        {"actor_agency": "health"},
        {"legal_basis": "another law"},
        {"at": LATER},
        {"account_id": BUDI},
        {"salt": b"\1" * 32},
        {"leaf_index": 0},
    ],
)
@pytest.mark.parametrize("index", [3, 299])
def test_safety_20_a_changed_row_is_found_the_last_row_too(change, index):
    for number in range(300):
        look(number=number)
    sequence_all()

    AccessRecord.objects.filter(leaf_index=index).update(**change)

    assert list(queries.find_faults()) != []


@pytest.mark.django_db
def test_safety_20_a_row_that_was_taken_away_is_found_and_an_added_one():
    for number in range(5):
        look(number=number)
    sequence_all()

    AccessRecord.objects.filter(leaf_index=4).delete()
    assert list(queries.find_faults()) == ["The row of leaf 4 is missing."]

    AccessRecord.objects.filter(leaf_index=3).update(leaf_index=4)
    assert set(queries.find_faults()) == {
        "The row of leaf 3 is missing.",
        "The row of leaf 4 was changed.",
    }


@pytest.mark.django_db
def test_safety_20_a_tree_written_anew_does_not_fit_its_signed_head():
    for number in range(300):
        look(number=number)
    sequence_all()
    actions.sign_head(at=NOON)
    tile = Tile.objects.get(level=0, number=1)
    hashes = bytes(tile.hashes)

    Tile.objects.filter(level=0, number=1).update(hashes=b"\0" * 32 + hashes[32:])

    assert "The signed head of 300 leaves is not the tree's." in list(queries.find_faults())


@pytest.mark.django_db
def test_safety_20_erasing_destroys_salt_and_text_and_the_tree_still_verifies():
    for number in range(300):
        look(number=number, account_id=SARI if number % 2 else BUDI)
    sequence_all()
    actions.sign_head(at=NOON)
    look(account_id=SARI)

    assert actions.erase_accesses(account_id=SARI, at=LATER) == 151

    assert not AccessRecord.objects.filter(account_id=SARI).exists()
    assert list(queries.find_faults()) == []
    assert all(proves(row, size=301) for row in AccessRecord.objects.all()[:5])
    actions.sign_head(at=LATER)
    old, new = Head.objects.order_by("size")
    assert merkle.verify_consistency(
        old=old.size,
        new=new.size,
        old_root=bytes.fromhex(old.root),
        new_root=bytes.fromhex(new.root),
        proof=queries.Prover().prove_consistency(old=old.size, new=new.size),
    )


@pytest.mark.django_db
def test_a_head_is_signed_once_for_a_size_and_its_key_is_encrypted():
    assert actions.sign_head(at=NOON) is None
    look()
    sequence_all()

    assert actions.sign_head(at=NOON) == 1
    assert actions.sign_head(at=LATER) is None

    head, key = Head.objects.get(), LogKey.objects.get()
    Ed25519PublicKey.from_public_bytes(bytes.fromhex(head.public_key)).verify(
        bytes.fromhex(head.signature), head.text.encode()
    )
    assert head.text == (
        "satupintu access log v1\nhttp://localhost:8000\n1\n"
        f"{head.root}\n2026-11-24T12:00:00.000000Z\n"
    )
    assert crypto.decrypt(key.private_key_encrypted) not in key.private_key_encrypted


@pytest.mark.django_db
def test_the_schedule_sequences_each_minute_and_signs_each_hour():
    look()
    tasks.keep_log(timestamp=int(NOON.timestamp()))
    look()
    tasks.keep_log(timestamp=int((NOON + timedelta(minutes=59)).timestamp()))

    assert [head.size for head in Head.objects.all()] == [1]
    assert queries.get_size() == 2

    tasks.keep_log(timestamp=int((NOON + timedelta(minutes=60)).timestamp()))

    assert [head.size for head in Head.objects.order_by("size")] == [1, 2]


@pytest.mark.django_db(transaction=True)
def test_an_append_waits_for_nobody_and_none_is_lost_between_many_hands():
    def append():
        for number in range(40):
            look(number=number)

    def sequence():
        for _ in range(30):
            actions.sequence_accesses(at_most=17)

    in_threads(append, append, append, sequence, sequence)
    sequence_all()

    places = AccessRecord.objects.order_by("leaf_index").values_list("leaf_index", flat=True)
    assert list(places) == list(range(120))
    assert list(queries.find_faults()) == []


@pytest.mark.django_db(transaction=True)
def test_a_row_that_commits_late_is_not_passed_over():
    began, may_end = threading.Event(), threading.Event()

    def hesitate():
        with transaction.atomic():
            look(number=1)
            began.set()
            assert may_end.wait(10)

    def overtake():
        assert began.wait(10)
        look(number=2)
        assert actions.sequence_accesses() == 1
        may_end.set()

    in_threads(hesitate, overtake)

    assert actions.sequence_accesses() == 1
    assert list(queries.find_faults()) == []


@pytest.mark.django_db(transaction=True)
def test_who_holds_the_tree_stops_other_sequencers_and_no_append():
    held, may_end = threading.Event(), threading.Event()
    look()
    sequence_all()
    look()

    def hold():
        with transaction.atomic():
            actions.sequence_accesses()
            held.set()
            assert may_end.wait(10)

    def meanwhile():
        assert held.wait(10)
        look()
        assert actions.sequence_accesses() == 0
        may_end.set()

    in_threads(hold, meanwhile)

    assert queries.get_size() == 2
    assert actions.sequence_accesses() == 1
