# SPDX-License-Identifier: Apache-2.0
"""The owner of a record hears that it was linked, at the contact that the agency held before."""

import dataclasses
import socket
from datetime import UTC, datetime
from email import message_from_bytes, policy

import pytest
from aiosmtpd.controller import Controller

from demo.agency import letterbox, notices, register
from demo.agency.describe import demo_people
from demo.agency.problems import Problem
from demo.tests.running_agency import find_free_port

NOW = datetime(2026, 11, 24, 8, 0, tzinfo=UTC)
NOTICE = "0190a1b2-0000-7000-8000-000000000009"
CODE = "K7PM2XRD94QT8WNA3F5G"


def take(office, keys, ref, *, notice_id=NOTICE):
    return notices.take_notice(
        settings=office,
        keys=keys,
        notice_id=notice_id,
        record_ref=ref,
        kind="linked",
        pause_code=CODE,
        at=NOW,
    )


@pytest.fixture
def people(office, keys):
    return [person["record_ref"] for person in demo_people("tax", settings=office, keys=keys)]


class MailServer:
    """Takes every mail, as the demo's own does."""

    def __init__(self):
        self.taken = []

    async def handle_DATA(self, _server, _session, envelope):  # noqa: N802
        self.taken.append(message_from_bytes(envelope.content, policy=policy.default))
        return "250 taken"


@pytest.fixture
def mails():
    server = MailServer()
    controller = Controller(server, hostname="127.0.0.1", port=find_free_port())
    controller.start()
    server.url = f"smtp://127.0.0.1:{controller.port}"
    yield server
    controller.stop()


def test_a_mail_says_what_happened_and_what_to_do_without_a_link(office, keys, people, mails):
    office = dataclasses.replace(office, smtp_url=mails.url)

    taken = take(office, keys, people[0])

    [mail] = mails.taken
    text = mail.get_content()
    assert taken == notices.Taken("email", "s***@s***.nusa", is_new=True)
    assert mail["To"] == "sari@surel.nusa"
    assert text.count("K7PM 2XRD 94QT 8WNA 3F5G") == 2
    assert "localhost:2" in text
    assert "http" not in text
    assert "It was not me" in text


def test_the_same_notice_again_tells_nobody_twice(office, keys, people, mails):
    office = dataclasses.replace(office, smtp_url=mails.url)

    first, again = take(office, keys, people[0]), take(office, keys, people[0])

    assert (first.is_new, again.is_new) == (True, False)
    assert (again.channel, again.masked) == (first.channel, first.masked)
    assert len(mails.taken) == 1


def test_without_a_mailbox_the_notice_is_a_letter_with_its_code_sealed(office, keys, people):
    taken = take(office, keys, people[1])

    token = letterbox.letter_token(keys=keys, record_ref=people[1])
    _, letter = letterbox.get_letter(settings=office, keys=keys, token=token)
    assert taken.channel == "letter"
    assert (letter.kind, letter.written_code) == ("linked", "K7PM 2XRD 94QT 8WNA 3F5G")
    assert CODE.encode() not in office.register_path.read_bytes()


def test_a_mail_server_that_takes_nothing_leaves_the_notice_to_come_again(office, keys, people):
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        office = dataclasses.replace(office, smtp_url=f"smtp://127.0.0.1:{closed.getsockname()[1]}")
        with pytest.raises(Problem) as caught:
            take(office, keys, people[0])

    assert (caught.value.status, caught.value.code) == (503, "contact_unreachable")
    with register.read_register(office.register_path) as connection:
        assert connection.execute("SELECT 1 FROM notice").fetchone() is None


def test_a_record_that_is_not_there_is_said_to_be_unknown(office, keys):
    with pytest.raises(Problem) as caught:
        take(office, keys, "nobody")

    assert caught.value.code == "unknown_record"
