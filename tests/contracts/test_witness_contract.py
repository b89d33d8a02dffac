# SPDX-License-Identifier: Apache-2.0
"""The portal and the witness over real HTTP: what is kept, and what is refused."""

import hashlib
import stat
from datetime import UTC, datetime, timedelta

import httpx
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from django.db import connection

from demo.tests.running_witness import run_witness
from satupintu.foundation.audit import actions, tasks
from satupintu.foundation.audit.models import AccessRecord, Erasure, Head, LogKey, Tile, Tree
from satupintu.foundation.audit.tests.logs import look, sequence_all
from satupintu.foundation.audit.witness import Witness, WitnessRefused

pytestmark = pytest.mark.django_db(transaction=True)
NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)
DAY = timedelta(days=1)


@pytest.fixture
def witness(tmp_path, settings):
    with run_witness(tmp_path / "witness") as url:
        settings.WITNESS_URL = url
        yield url


def grow(rows=3, *, at=NOON):
    for number in range(rows):
        look(number=number)
    sequence_all()
    size = actions.sign_head(at=at)
    assert size is not None
    return Head.objects.get(size=size)


def lodge(head):
    actions.lodge_head(size=head.size)
    head.refresh_from_db()
    return head


def latest(url):
    return httpx.get(f"{url}/heads/latest", params={"origin": "http://localhost:8000"}).json()


def test_a_head_is_kept_and_its_receipt_can_be_checked_by_anybody(witness):
    head = lodge(grow())

    key = httpx.get(f"{witness}/key").json()["public_key"]
    assert head.receipt_public_key == key
    Ed25519PublicKey.from_public_bytes(bytes.fromhex(key)).verify(
        bytes.fromhex(head.receipt_signature), head.receipt_text.encode()
    )
    assert head.receipt_text.endswith(head.text)
    assert latest(witness)["root"] == head.root
    assert head.root in httpx.get(witness).text


def test_each_later_head_is_kept_when_the_log_only_grew(witness):
    for days, rows in enumerate((1, 1, 2, 300, 5)):
        head = lodge(grow(rows, at=NOON + days * DAY))

        assert latest(witness)["size"] == head.size


def test_safety_20_a_log_that_was_written_anew_is_refused(witness):
    lodge(grow(5))
    for model in (Tree, Tile, Head):
        model.objects.all().delete()
    AccessRecord.objects.update(leaf_index=None)
    AccessRecord.objects.filter(words_en__endswith=" 2").delete()
    forged = grow(7, at=NOON + DAY)

    with pytest.raises(WitnessRefused, match="fork"):
        actions.lodge_head(size=forged.size)

    forged.refresh_from_db()
    assert forged.witnessed_at is None
    assert latest(witness)["size"] == 5


def test_safety_20_a_log_that_lost_its_last_rows_is_refused(witness):
    old = grow(3)
    lodge(grow(3, at=NOON + DAY))

    with pytest.raises(WitnessRefused, match="rollback"):
        Witness(witness).lodge(
            text=old.text, public_key=old.public_key, signature=old.signature, proof=[]
        )
    assert latest(witness)["size"] == 6


def test_a_head_of_another_key_is_refused(witness):
    lodge(grow())
    LogKey.objects.all().delete()
    later = grow(at=NOON + DAY)

    with pytest.raises(WitnessRefused, match="unknown_key"):
        actions.lodge_head(size=later.size)


def test_the_old_keys_last_word_brings_the_witness_to_the_new_key(witness):
    lodge(grow())
    for days in (1, 2):
        actions.rotate_key(at=NOON + days * DAY)
    head = lodge(grow(at=NOON + 3 * DAY))

    assert head.witnessed_at is not None
    assert latest(witness)["public_key"] == head.public_key
    assert lodge(grow(at=NOON + 4 * DAY)).witnessed_at is not None


def hand_over(old, new, *, origin="http://localhost:8000", size=3, root="ab" * 32):
    text = f"satupintu access log key v1\n{origin}\n{size}\n{root}\nnow\n{new}\n"
    return {
        "text": text,
        "public_key": old.public_key().public_bytes_raw().hex(),
        "signature": old.sign(text.encode()).hex(),
    }


def speak(key, *, size, handovers=(), origin="https://other.example", root="ab" * 32):
    text = f"satupintu access log v1\n{origin}\n{size}\n{root}\nnow\n"
    return {
        "text": text,
        "public_key": key.public_key().public_bytes_raw().hex(),
        "signature": key.sign(text.encode()).hex(),
        "proof": [],
        "handovers": list(handovers),
    }


@pytest.mark.parametrize("kind", ["by a stranger", "of another log", "of the future", "spoiled"])
def test_safety_20_a_handover_that_the_known_key_did_not_sign_for_this_log_is_refused(
    witness, kind
):
    known, stranger = Ed25519PrivateKey.generate(), Ed25519PrivateKey.generate()
    named = stranger.public_key().public_bytes_raw().hex()
    origin = "https://other.example"
    assert httpx.post(f"{witness}/heads", json=speak(known, size=3)).status_code == 200
    match kind:
        case "by a stranger":
            step = hand_over(stranger, named, origin=origin)
        case "of another log":
            step = hand_over(known, named)
        case "of the future":
            step = hand_over(known, named, origin=origin, size=99)
        case "spoiled":
            step = hand_over(known, "00" * 32, origin=origin)
            step["text"] = step["text"].replace("00" * 32, named)

    answer = httpx.post(f"{witness}/heads", json=speak(stranger, size=3, handovers=[step]))

    assert answer.status_code == 409
    assert answer.json()["code"] in {"unknown_key", "bad_signature"}


def test_safety_20_a_key_that_was_handed_over_speaks_no_more_and_names_no_other(witness):
    first, second, third = (Ed25519PrivateKey.generate() for _ in range(3))
    names = [one.public_key().public_bytes_raw().hex() for one in (first, second, third)]
    origin = "https://other.example"
    one_leaf, root = "cd" * 32, "ab" * 32
    # The tree of two leaves over the witnessed one: its proof is the second leaf.
    grown = hashlib.sha256(b"\1" + bytes.fromhex(root) + bytes.fromhex(one_leaf)).hexdigest()
    begun = httpx.post(f"{witness}/heads", json=speak(first, size=1, root=root))
    assert begun.status_code == 200
    step = hand_over(first, names[1], origin=origin, size=1)
    follows = speak(second, size=2, root=grown, handovers=[step]) | {"proof": [one_leaf]}
    assert httpx.post(f"{witness}/heads", json=follows).status_code == 200

    late = httpx.post(f"{witness}/heads", json=speak(first, size=2, root=grown))
    other = hand_over(first, names[2], origin=origin, size=1)
    forked = speak(third, size=2, root=grown, handovers=[other])

    assert (late.status_code, late.json()["code"]) == (409, "unknown_key")
    answer = httpx.post(f"{witness}/heads", json=forked)
    assert (answer.status_code, answer.json()["code"]) == (409, "unknown_key")


@pytest.mark.parametrize(
    "handovers", ["", [1], [{}], [{"text": 1, "public_key": "", "signature": ""}]]
)
def test_handovers_that_are_none_are_refused_in_words(witness, handovers):
    body = speak(Ed25519PrivateKey.generate(), size=1) | {"handovers": handovers}

    answer = httpx.post(f"{witness}/heads", json=body)

    assert (answer.status_code, answer.json()["code"]) == (422, "malformed")


def test_a_changed_head_does_not_fit_its_signature(witness):
    head = grow()

    with pytest.raises(WitnessRefused, match="bad_signature"):
        Witness(witness).lodge(
            text=head.text.replace(head.root, "0" * 64),
            public_key=head.public_key,
            signature=head.signature,
            proof=[],
        )


def test_a_growing_log_without_a_proof_is_told_from_where_to_prove(witness):
    lodge(grow())
    head = grow(at=NOON + DAY)
    body = {
        "text": head.text,
        "public_key": head.public_key,
        "signature": head.signature,
        "proof": [],
    }

    answer = httpx.post(f"{witness}/heads", json=body)

    assert (answer.status_code, answer.json()) == (409, {"code": "proof_needed", "size": 3})


@pytest.mark.parametrize(
    "body", [b"", b"[]", b"{}", b'{"text": 1, "public_key": "", "signature": "", "proof": []}']
)
def test_nonsense_is_refused_in_words(witness, body):
    answer = httpx.post(f"{witness}/heads", content=body)

    assert (answer.status_code, answer.json()["code"]) == (422, "malformed")


def test_a_book_too_heavy_is_not_read(witness):
    assert httpx.post(f"{witness}/heads", content=b" " * 70_000).status_code == 413


def test_lodging_twice_answers_the_same_receipt(witness):
    head = lodge(grow())
    first = head.receipt_signature
    Head.objects.update(
        witnessed_at=None, receipt_text="", receipt_public_key="", receipt_signature=""
    )

    assert lodge(head).receipt_signature == first


def test_another_witness_in_the_place_of_the_first_is_noticed(witness, tmp_path, settings):
    lodge(grow())
    later = grow(at=NOON + DAY)

    with run_witness(tmp_path / "other") as url:
        settings.WITNESS_URL = url
        with pytest.raises(WitnessRefused, match="another_witness"):
            actions.lodge_head(size=later.size)


def test_a_job_lodges_once_a_day_and_is_written_with_the_plan(witness):
    with connection.cursor() as cursor:
        # Tests that commit leave jobs of theirs behind.
        cursor.execute("DELETE FROM procrastinate_jobs")
    grow()
    tasks.keep_log(timestamp=int(NOON.timestamp()))
    tasks.keep_log(timestamp=int(NOON.timestamp()))

    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT args->>'size' FROM procrastinate_jobs WHERE status = 'todo' AND task_name = %s",
            [tasks.lodge_head.name],
        )
        assert cursor.fetchall() == [("3",)]
    tasks.lodge_head(size=3)

    seen_at = Head.objects.get(size=3).witnessed_at
    grow(at=seen_at)
    assert actions.plan_lodging(every=DAY, at=seen_at + timedelta(hours=23)) is None
    assert actions.plan_lodging(every=DAY, at=seen_at + DAY) == 6


def test_a_witness_that_does_not_answer_is_tried_again(settings):
    settings.WITNESS_URL = "http://127.0.0.1:9"
    head = grow()

    with pytest.raises(httpx.ConnectError):
        actions.lodge_head(size=head.size)

    assert tasks.lodge_head.retry_strategy.max_attempts == 12


def test_the_witness_keeps_its_key_to_itself_and_over_a_restart(tmp_path):
    home = tmp_path / "witness"
    keys = []
    for _ in range(2):
        with run_witness(home) as url:
            keys.append(httpx.get(f"{url}/key").json()["public_key"])

    assert keys[0] == keys[1]
    assert stat.S_IMODE((home / "key").stat().st_mode) == 0o600


def test_a_page_of_the_witness_speaks_both_languages(witness):
    assert '<html lang="id"' in httpx.get(witness).text
    assert '<html lang="en"' in httpx.get(f"{witness}/?lang=en").text


def test_a_foreign_log_is_kept_apart(witness):
    lodge(grow())
    key = Ed25519PrivateKey.generate()
    text = f"satupintu access log v1\nhttps://other.example\n1\n{'ab' * 32}\nnow\n"

    Witness(witness).lodge(
        text=text,
        public_key=key.public_key().public_bytes_raw().hex(),
        signature=key.sign(text.encode()).hex(),
        proof=[],
    )

    assert latest(witness)["size"] == 3
    assert not Erasure.objects.exists()
