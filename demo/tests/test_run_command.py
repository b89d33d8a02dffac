# SPDX-License-Identifier: Apache-2.0
import json
import socket
import subprocess
import time
from pathlib import Path

import httpx
from aiosmtpd.controller import Controller

from demo.tests.running_agency import RunningAgency, find_free_port, run_agency


def test_describe_says_what_the_portal_registers_and_nothing_secret(tax):
    described = tax.describe()

    assert described["slug"] == "tax"
    assert described["name_id"] == "Kantor Pajak Nusa"
    assert described["level"] == "national"
    assert described["api_url"] == tax.api_url
    assert described["client"]["redirect_uris"] == [f"{tax.url}/callback"]
    assert described["client"]["token_endpoint_auth_method"] == "private_key_jwt"
    assert all("d" not in key for key in described["client"]["jwks"]["keys"])
    assert {"name", "email", "record_ref", "answers", "contact", "letter_url"} <= set(
        described["demo_people"][0]
    )


def test_keys_stay_the_same_from_start_to_start_and_are_for_their_owner_alone(tax):
    first, second = tax.describe(), json.loads(tax.run("describe").stdout)

    assert first["client"]["jwks"] == second["client"]["jwks"]
    for name in ("client-key.json", "hash-key", "agency.json"):
        assert (tax.home / name).stat().st_mode & 0o077 == 0


def test_code_prints_a_code_that_works(tax):
    printed = json.loads(tax.run("code", "--record", "bayu@surel.nusa", "--silent").stdout)

    match = tax.call("POST", "/linking/matches", json={"code": printed["code"]})

    assert printed["channel"] is None
    assert match.json()["record_ref"] == printed["record_ref"]


def test_what_cannot_be_done_is_one_sentence_and_a_non_zero_exit(tax, tmp_path):
    elsewhere = RunningAgency(
        slug="tax", home=tmp_path / "empty", port=1, portal=tax.portal, smtp_url=""
    )
    nowhere = RunningAgency(slug="nowhere", home=tmp_path, port=1, portal=tax.portal, smtp_url="")
    done = [
        elsewhere.run("code", "--record", "r"),
        nowhere.run("describe"),
        tax.run("code", "--record", "no-such-record"),
        tax.run("code", "--record", "nobody@surel.nusa"),
        tax.run("send", "--all-linked", "--title", ""),
    ]

    for one in done:
        assert one.returncode == 1, one.args
        assert len(one.stderr.strip().splitlines()) == 1, one.stderr
        assert "Traceback" not in one.stderr


def test_a_taken_port_ends_the_program_with_a_non_zero_exit(tax, tmp_path):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]

        done = subprocess.run(
            [*tax.command("serve")[:-1], str(tmp_path), "--port", str(port), "--residents", "20"],
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
            cwd=Path(__file__).parents[2],
        )

    assert done.returncode != 0
    assert f"Port {port} is taken." in done.stderr


def test_one_signal_ends_the_program_and_all_its_children_within_five_seconds(portal, tmp_path):
    with run_agency(slug="tax", home=tmp_path, portal=portal, residents=20) as agency:
        url = agency.url
        started = time.monotonic()

    assert time.monotonic() - started < 5
    try:
        httpx.get(url, timeout=2)
    except httpx.ConnectError:
        return
    raise AssertionError("somebody still answers")


class Mailbox:
    def __init__(self):
        self.mails = []

    async def handle_DATA(self, server, session, envelope):  # noqa: N802
        self.mails.append(envelope)
        return "250 OK"


def test_right_answers_bring_a_mail_to_the_mail_server(portal, tmp_path):
    mailbox = Mailbox()
    port = find_free_port()
    controller = Controller(mailbox, hostname="127.0.0.1", port=port)
    controller.start()
    try:
        url = f"smtp://127.0.0.1:{port}"
        home = tmp_path
        with run_agency(slug="tax", home=home, portal=portal, smtp_url=url, residents=20) as agency:
            answers = agency.describe()["demo_people"][0]["answers"]
            answer = agency.call(
                "POST", "/linking/enquiries", json={"answers": answers, "language": "en"}
            )
            deadline = time.monotonic() + 10
            while not mailbox.mails and time.monotonic() < deadline:
                time.sleep(0.05)
    finally:
        controller.stop()

    assert answer.status_code == 201
    assert [mail.rcpt_tos for mail in mailbox.mails] == [["sari@surel.nusa"]]
    assert b"Your code:" in mailbox.mails[0].content


def test_the_log_names_nobody(portal, tmp_path):
    with run_agency(slug="tax", home=tmp_path, portal=portal, residents=20) as agency:
        person = agency.describe()["demo_people"][0]
        agency.call("POST", "/linking/enquiries", json={"answers": person["answers"]})
        agency.join(
            email=person["email"],
            subject="sub-log",
            link_id="0190a1b2-0000-7000-8000-0000000000d1",
        )
        time.sleep(0.2)
    log = (tmp_path / "serve.log").read_text()

    for secret in ("Sari", "sari@", person["answers"]["tax_number"], "sub-log"):
        assert secret not in log
