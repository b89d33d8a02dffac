# SPDX-License-Identifier: Apache-2.0
from datetime import timedelta

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from django.core.management import call_command

from satupintu.foundation.audit import actions, queries
from satupintu.foundation.audit.models import Handover, Head, LogKey
from satupintu.foundation.audit.rules import read_next_key
from satupintu.foundation.audit.tests.logs import NOON, look, sequence_all
from satupintu.foundation.audit.tests.test_keep_tree import in_threads

pytestmark = pytest.mark.django_db


def grow(hours):
    look(number=hours)
    sequence_all()
    return Head.objects.get(size=actions.sign_head(at=NOON + timedelta(hours=hours)))


def rotate(hours):
    return actions.rotate_key(at=NOON + timedelta(hours=hours))


def test_the_old_keys_last_signature_names_the_new_one_and_the_new_one_signs():
    old = grow(1).public_key
    new = rotate(2)
    later = grow(3)

    handover = Handover.objects.get()

    assert (handover.public_key, handover.next_key) == (old, new)
    assert later.public_key == new != old
    Ed25519PublicKey.from_public_bytes(bytes.fromhex(old)).verify(
        bytes.fromhex(handover.signature), handover.text.encode()
    )
    assert read_next_key(handover.text) == new
    assert handover.text.splitlines()[:3] == [
        "satupintu access log key v1",
        "http://localhost:8000",
        "1",
    ]
    assert list(queries.find_faults()) == []


def test_a_chain_of_keys_leads_from_the_first_to_the_one_in_use():
    first = grow(1).public_key
    named = [rotate(hours) for hours in (2, 3, 4)]

    steps = queries.list_handovers()

    assert [step["public_key"] for step in steps] == [first, *named[:-1]]
    assert [read_next_key(step["text"]) for step in steps] == named
    assert [step["public_key"] for step in queries.list_handovers(until=named[0])] == [first]
    assert queries.list_handovers(until=first) == []


def test_the_first_key_is_named_by_nobody():
    new = rotate(1)

    assert LogKey.objects.get().public_key == new
    assert not Handover.objects.exists()
    assert list(queries.find_faults()) == []


@pytest.mark.parametrize("kind", ["next", "text", "signature", "gone", "key", "unretired"])
def test_safety_20_a_key_that_slips_into_the_chain_is_found(kind):
    grow(1)
    rotate(2)
    grow(3)
    foreign = "ab" * 32
    match kind:
        case "next":
            Handover.objects.update(next_key=foreign)
        case "text":
            Handover.objects.update(text=Handover.objects.get().text.replace("\n1\n", "\n2\n"))
        case "signature":
            Handover.objects.update(signature="00" * 64)
        case "gone":
            Handover.objects.all().delete()
        case "key":
            LogKey.objects.filter(retired_at=None).delete()
        case "unretired":
            LogKey.objects.filter(retired_at=None).update(retired_at=NOON)

    assert list(queries.find_faults()) != []


@pytest.mark.parametrize("field", ["text", "root", "public_key", "signature"])
def test_safety_20_a_changed_tree_head_is_found(field):
    head = grow(1)
    changed = {
        "text": head.text.replace("\n1\n", "\n2\n"),
        "root": "00" * 32,
        "public_key": "ab" * 32,
        "signature": "00" * 64,
    }

    Head.objects.filter(size=1).update(**{field: changed[field]})

    assert list(queries.find_faults()) != []


def test_safety_20_a_row_that_waits_for_its_leaf_cannot_be_changed_either():
    from satupintu.foundation.audit.models import AccessRecord

    look()
    AccessRecord.objects.update(words_en="did nothing")

    assert list(queries.find_faults()) == ["A row that waits for its leaf was changed."]


@pytest.mark.django_db(transaction=True)
def test_keys_that_are_rotated_at_once_still_make_one_chain():
    look()
    sequence_all()
    actions.sign_head(at=NOON)

    in_threads(
        *[lambda number=number: rotate(number) for number in range(1, 5)],
        lambda: actions.sign_head(at=NOON),
    )

    assert LogKey.objects.filter(retired_at=None).count() == 1
    assert Handover.objects.count() == 4
    assert list(queries.find_faults()) == []


def test_the_command_rotates_and_lists_the_keys(capsys):
    old = grow(1).public_key

    call_command("accesslog", "rotate-key")
    new = LogKey.objects.get(retired_at=None).public_key
    assert new in capsys.readouterr().out
    call_command("accesslog", "keys")

    first, second = capsys.readouterr().out.splitlines()
    assert first.startswith(old)
    assert "until" in first
    assert second.startswith(new)
    assert "in use" in second
