# SPDX-License-Identifier: Apache-2.0
import base64
import json
from datetime import UTC, datetime

import httpx
import pytest

from demo.agency import outgoing
from demo.agency.keys import load_keys
from demo.agency.settings import read_kept_settings
from demo.tests.running_agency import DEMO_TOKEN, run_agency

DESK = {"Authorization": f"Bearer {DEMO_TOKEN}"}
LINK = "0190a1b2-0000-7000-8000-0000000000c{}"


@pytest.fixture(scope="module")
def office_with_two(portal, tmp_path_factory):
    """An agency with two joined records. What one test sends, none sends again."""
    home = tmp_path_factory.mktemp("letters")
    with run_agency(slug="tax", home=home, portal=portal, residents=40) as agency:
        agency.join(email="sari@surel.nusa", subject="sub-sari", link_id=LINK.format(1))
        agency.join(email="slamet@surel.nusa", subject="sub-slamet", link_id=LINK.format(2))
        yield agency


def send(agency, *arguments):
    done = agency.run("send", "--title", "Laporan 2026", *arguments)
    return done.returncode, json.loads(done.stdout or "{}"), done.stderr


def test_a_letter_to_one_person_goes_out_under_the_agencys_own_subject(office_with_two, portal):
    status, report, _ = send(office_with_two, "--record", "sari@surel.nusa", "--body", "**Halo**")

    message = json.loads(portal.messages[0]["body"])
    assert (status, len(report["sent"]), len(portal.messages)) == (0, 1, 1)
    assert message == {
        "subject": "sub-sari",
        "title": "Laporan 2026",
        "body": "**Halo**",
        "language": "id",
        "in_reply_to": None,
    }
    assert portal.token_requests[0]["grant_type"] == ["client_credentials"]
    assert portal.token_requests[0]["scope"] == ["messages:send"]


def test_a_letter_to_all_reaches_everybody_who_is_joined_with_a_key_of_its_own(
    office_with_two, portal
):
    send(office_with_two, "--all-linked", "--body", "Halo semua")

    subjects = {json.loads(one["body"])["subject"] for one in portal.messages}
    assert subjects == {"sub-sari", "sub-slamet"}
    assert len(set(portal.attempts)) == 2


def test_a_portal_in_trouble_gets_the_same_key_again_and_no_second_letter(office_with_two, portal):
    portal.trouble = [503, 500, 429]

    status, _, _ = send(office_with_two, "--record", "sari@surel.nusa", "--body", "Halo")

    assert status == 0
    assert len(portal.attempts) == 4
    assert len(set(portal.attempts)) == 1
    assert len(portal.messages) == 1


def test_a_plain_no_is_not_tried_again(office_with_two, portal):
    portal.trouble = [404]

    status, report, _ = send(office_with_two, "--record", "sari@surel.nusa", "--body", "Halo")

    assert status == 1
    assert report["not_sent"][0]["reason"] == "404 trouble"
    assert len(portal.attempts) == 1


def test_what_was_not_sent_can_be_sent_later_under_its_first_key(
    office_with_two, portal, monkeypatch
):
    settings = read_kept_settings(home=office_with_two.home)
    keys = load_keys(home=office_with_two.home)
    monkeypatch.setattr(outgoing, "FIRST_PAUSE_SECONDS", 0.0)
    portal.trouble = [503] * outgoing.TRIES

    def send_now(*, only_unsent: bool) -> dict:
        return outgoing.send_letters(
            settings=settings,
            keys=keys,
            who="sari@surel.nusa",
            title="Laporan 2026",
            body="Halo",
            document=None,
            language="id",
            at=datetime.now(UTC),
            only_unsent=only_unsent,
        )

    first = send_now(only_unsent=False)
    later = send_now(only_unsent=True)

    assert [one["reason"] for one in first["not_sent"]] == ["503 trouble"]
    assert len(later["sent"]) == 1
    assert len(portal.attempts) == outgoing.TRIES + 1
    assert len(set(portal.attempts)) == 1


def test_a_pdf_travels_as_a_part_of_its_own(office_with_two, portal, tmp_path):
    pdf = tmp_path / "surat.pdf"
    pdf.write_bytes(b"%PDF-1.7 made up")

    send(office_with_two, "--record", "sari@surel.nusa", "--pdf", str(pdf))

    sent = portal.messages[0]
    assert sent["headers"]["Content-Type"].startswith("multipart/form-data")
    assert b"%PDF-1.7 made up" in sent["body"]
    assert b'name="message"' in sent["body"]
    assert b'"body"' not in sent["body"]


def test_words_beside_a_pdf_travel_with_it(office_with_two, portal, tmp_path):
    pdf = tmp_path / "surat.pdf"
    pdf.write_bytes(b"%PDF-1.7 made up")

    send(office_with_two, "--record", "sari@surel.nusa", "--pdf", str(pdf), "--body", "Terlampir.")

    assert b'"body": "Terlampir."' in portal.messages[0]["body"]


def test_nobody_to_send_to_is_one_sentence_and_sends_nothing(office_with_two, portal):
    status, _, error = send(office_with_two, "--record", "maria@surel.nusa", "--body", "Halo")

    assert status == 1
    assert error.strip() == "No such record is joined to an account."
    assert portal.messages == []


def test_the_desk_sends_letters_too(office_with_two, portal):
    answer = httpx.post(
        f"{office_with_two.url}/demo/letters",
        json={
            "record": "slamet@surel.nusa",
            "title": "Surat",
            "pdf_base64": base64.b64encode(b"%PDF-1.4").decode(),
        },
        headers=DESK,
        timeout=20,
    )

    assert answer.status_code == 200
    assert len(answer.json()["sent"]) == 1
    assert len(portal.messages) == 1


@pytest.mark.parametrize(
    "body",
    [
        {"title": "x", "body": "y"},
        {"title": "x", "body": "y", "record": "a", "all_linked": True},
        {"record": "a", "body": "y"},
        {"title": "x", "record": "nobody@surel.nusa", "body": "y"},
        {"title": "x", "record": "a", "pdf_base64": "%%%"},
        {"title": 7, "record": "a", "body": "y"},
        {"title": "x", "record": "a", "body": "y", "language": "fr"},
    ],
)
def test_the_desk_refuses_what_it_cannot_send(tax, body):
    answer = httpx.post(f"{tax.url}/demo/letters", json=body, headers=DESK)

    assert answer.status_code == 422
    assert answer.headers["content-type"] == "application/problem+json"
