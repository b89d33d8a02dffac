# SPDX-License-Identifier: Apache-2.0
"""What a person downloads, and the program that checks it, as she starts it."""

import csv
import hashlib
import io
import json
import subprocess
import sys
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.urls import reverse
from django.utils import timezone

from satupintu.foundation.audit import actions as audit
from satupintu.foundation.audit.tests.logs import look
from satupintu.home.tests.access_logs import download, fill, seal_heads, witness
from satupintu.trust.accounts.tests.factories import AccountFactory, sign_in
from satupintu.trust.agencies.tests.factories import AgencyFactory

pytestmark = pytest.mark.django_db
SCRIPT = Path(__file__).parents[1] / "static/home/verify_access_log.py"


@pytest.fixture
def sari(client):
    AgencyFactory(slug="tax", name_id="Kantor Pajak Nusa", name_en="Nusa Tax Office")
    AgencyFactory(slug="health", name_id="Jaminan Kesehatan Nusa")
    account = AccountFactory()
    sign_in(client, account)
    return account


def verify(content, tmp_path):
    """The script as a person starts it: a fresh process, no code of ours in reach."""
    file = tmp_path / "access-log.json"
    file.write_text(content if isinstance(content, str) else json.dumps(content), "utf-8")
    return subprocess.run(
        [sys.executable, "-I", str(SCRIPT), str(file)],
        capture_output=True,
        text=True,
        check=False,
        cwd=tmp_path,
    )


@pytest.fixture
def content(client, sari):
    """A real download: lines of others around hers, a witnessed head, a newer head, a new line."""
    fill(AccountFactory(), 5)
    fill(sari, 12)
    witness(seal_heads())
    fill(AccountFactory(), 9)
    fill(sari, 3)
    seal_heads()
    look(account_id=sari.id, at=timezone.now(), number=99)
    return json.loads(download(client))


def test_safety_20_the_script_finds_a_real_download_genuine(content, tmp_path):
    done = verify(content, tmp_path)

    assert done.returncode == 0, done.stdout + done.stderr
    assert "Genuine: 15 lines. Too new to check: 1." in done.stdout
    assert "Seen by the witness." in done.stdout
    assert content["head"]["public_key"] in done.stdout


def spoil(content, kind):  # noqa: C901
    entries = [one for one in content["entries"] if one["leaf_index"] is not None]
    match kind:
        case "a line":
            entries[4]["record"]["words_en"] = "did nothing"
        case "the newest line":
            entries[0]["record"]["at"] = "2020-01-01T00:00:00.000000Z"
        case "the oldest line":
            entries[-1]["record"]["legal_basis"] += " "
        case "a salt":
            entries[2]["salt"] = "00" * 32
        case "a place":
            entries[2]["leaf_index"] += 1
        case "a place outside":
            entries[2]["leaf_index"] = 10**6
        case "a proof":
            entries[3]["proof"][0] = "00" * 32
        case "a short proof":
            entries[3]["proof"].pop()
        case "the head":
            lines = content["head"]["text"].split("\n")
            content["head"]["text"] = "\n".join([*lines[:3], "00" * 32, *lines[4:]])
        case "the head's signature":
            content["head"]["signature"] = "00" * 64
        case "the receipt":
            text = content["witnessed"]["receipt"]["text"]
            content["witnessed"]["receipt"]["text"] = text.replace("Saksi", "Saksa")
        case "the consistency":
            content["witnessed"]["consistency"][0] = "00" * 32


@pytest.mark.parametrize(
    "kind",
    [
        *("a line", "the newest line", "the oldest line", "a salt", "a place", "a place outside"),
        *("a proof", "a short proof", "the head", "the head's signature", "the receipt"),
        "the consistency",
    ],
)
def test_safety_20_the_script_finds_every_change(content, tmp_path, kind):
    spoil(content, kind)

    done = verify(content, tmp_path)

    assert done.returncode == 1
    assert "NOT GENUINE" in done.stderr
    assert "Genuine:" not in done.stdout


def test_safety_20_a_signed_head_of_another_log_is_found_by_the_witness(content, tmp_path):
    """The operator writes the log anew and signs it: her lines fit, the witness's head doesn't."""
    key = Ed25519PrivateKey.generate()
    leaf = content["entries"][-1]
    text = json.dumps(
        leaf["record"], sort_keys=True, separators=(",", ":"), ensure_ascii=False
    ).encode()
    opened = hashlib.sha256(bytes.fromhex(leaf["salt"]) + text).digest()
    root = hashlib.sha256(b"\0" + opened).hexdigest()
    lines = content["head"]["text"].split("\n")
    head = "\n".join([*lines[:2], "1", root, *lines[4:]])
    content["entries"] = [leaf | {"leaf_index": 0, "proof": []}]
    content["head"] = {
        "text": head,
        "public_key": key.public_key().public_bytes_raw().hex(),
        "signature": key.sign(head.encode()).hex(),
    }

    done = verify(content, tmp_path)

    assert done.returncode == 1
    assert "NOT GENUINE" in done.stderr


def test_the_script_says_plainly_what_it_could_not_check(content, tmp_path):
    """Without the package `cryptography`: the tree is checked, and nobody is told more."""
    hidden = tmp_path / "cryptography.py"
    hidden.write_text("raise ImportError")
    file = tmp_path / "log.json"
    file.write_text(json.dumps(content))
    run = (
        f"import sys, runpy; sys.path.insert(0, {str(tmp_path)!r}); sys.argv = ['v', {str(file)!r}]"
    )

    done = subprocess.run(
        [sys.executable, "-c", f"{run}; runpy.run_path({str(SCRIPT)!r}, run_name='__main__')"],
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 1
    assert "Genuine: 15 lines" in done.stdout
    assert "Signatures were NOT checked" in done.stderr


@pytest.fixture
def rotated(client, sari):
    """A download after two rotations, with a receipt from the first key's time."""
    fill(sari, 4)
    witness(seal_heads())
    for _ in range(2):
        audit.rotate_key(at=timezone.now())
    fill(sari, 3)
    seal_heads()
    return json.loads(download(client))


def test_safety_20_the_script_follows_the_chain_of_keys(rotated, tmp_path):
    done = verify(rotated, tmp_path)

    assert done.returncode == 0, done.stdout + done.stderr
    keys = [step["public_key"] for step in rotated["handovers"]]
    assert len(keys) == 2
    for key in (*keys, rotated["head"]["public_key"]):
        assert f"Satu Pintu signs with the key {key}" in done.stdout


@pytest.mark.parametrize("kind", ["left out", "next key", "signature", "order", "another log"])
def test_safety_20_the_script_finds_a_broken_chain_of_keys(rotated, tmp_path, kind):
    steps = rotated["handovers"]
    match kind:
        case "left out":
            del steps[1]
        case "next key":
            steps[0]["text"] = steps[0]["text"].replace(steps[1]["public_key"], "ab" * 32)
        case "signature":
            steps[1]["signature"] = "00" * 64
        case "order":
            steps.reverse()
        case "another log":
            key = Ed25519PrivateKey.generate()
            lines = steps[0]["text"].split("\n")
            text = "\n".join([lines[0], "https://other.example", *lines[2:]])
            steps[0] = {
                "text": text,
                "public_key": key.public_key().public_bytes_raw().hex(),
                "signature": key.sign(text.encode()).hex(),
            }

    done = verify(rotated, tmp_path)

    assert done.returncode == 1
    assert "NOT GENUINE" in done.stderr


def test_right_after_a_rotation_the_old_head_is_still_genuine(client, sari, tmp_path):
    fill(sari, 2)
    seal_heads()
    audit.rotate_key(at=timezone.now())

    assert verify(json.loads(download(client)), tmp_path).returncode == 0


def test_the_public_page_shows_every_key_and_the_chain_is_there_for_programs(client, sari):
    fill(sari, 1)
    old = seal_heads().public_key
    new = audit.rotate_key(at=timezone.now())

    html = client.get(reverse("home:access_log_public")).content.decode()
    answer = client.get(reverse("home:access_log_keys")).json()

    assert old in html
    assert new in html
    assert [key["public_key"] for key in answer["keys"]] == [new, old]
    assert answer["handovers"][0]["public_key"] == old
    assert "private" not in json.dumps(answer)


def test_the_script_is_at_most_80_lines():
    assert len(SCRIPT.read_text("utf-8").splitlines()) <= 80


def test_a_table_holds_words_and_proofs_and_runs_no_formula(client, sari):
    look(
        account_id=sari.id,
        at=timezone.now(),
        words=audit.Words(id="=HYPERLINK(1)", en="=HYPERLINK(1)"),
    )
    seal_heads()

    text = download(client, "home:access_log_csv")
    (row,) = csv.DictReader(io.StringIO(text.removeprefix("\ufeff")))

    assert row["Apa"] == "'=HYPERLINK(1)"
    assert row["Siapa"] == "Kantor Pajak Nusa"
    assert json.loads(row["record"])["words_id"] == "=HYPERLINK(1)"
    assert row["leaf_index"] == "0"


def test_heads_and_their_growth_are_for_everybody(client):
    for _ in range(3):
        look(at=timezone.now())
        seal_heads()

    heads = client.get(reverse("home:access_log_heads")).json()["heads"]
    grown = client.get(reverse("home:access_log_growth", args=[1, 3])).json()

    assert [head["text"].split("\n")[2] for head in heads] == ["3", "2", "1"]
    assert len(grown["proof"]) == 2
    assert client.get(reverse("home:access_log_growth", args=[1, 4])).status_code == 404
    assert client.get(reverse("home:access_log_growth", args=[0, 3])).status_code == 404


@pytest.mark.parametrize("language", ["id", "en"])
def test_the_public_page_opens_with_and_without_a_head(client, language):
    def open_page():
        return client.get(reverse("home:access_log_public"), headers={"accept-language": language})

    assert open_page().status_code == 200
    look(at=timezone.now())
    head = seal_heads()
    witness(head)

    assert head.root in open_page().content.decode()
