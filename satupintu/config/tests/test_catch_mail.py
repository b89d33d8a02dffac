# SPDX-License-Identifier: Apache-2.0
import asyncio
import smtplib
import socket
from email.message import EmailMessage
from html.parser import HTMLParser

import httpx
import pytest

from satupintu.config.demo import mail_catcher
from satupintu.config.demo.mail_catcher import KEPT_CHARACTERS, KEPT_MESSAGES, MailBox, build_app
from satupintu.config.demo.mail_words import WORDS, format_time


class Envelope:
    """What aiosmtpd hands over."""

    def __init__(self, content: bytes, to: list[str]) -> None:
        self.original_content = content
        self.mail_from = "surat@satupintu.nusa"
        self.rcpt_tos = to


def write_mail(subject: str, text: str = "Halo", to: str = "sari@surel.nusa") -> Envelope:
    message = EmailMessage()
    message["From"] = "Satu Pintu <surat@satupintu.nusa>"
    message["To"] = to
    message["Subject"] = subject
    message.set_content(text)
    return Envelope(message.as_bytes(), [to])


def put(box: MailBox, envelope: Envelope) -> None:
    answer = asyncio.run(box.handle_DATA(None, None, envelope))
    assert answer == "250 OK"


def get(box: MailBox, address: str, **options) -> httpx.Response:
    async def ask() -> httpx.Response:
        transport = httpx.ASGITransport(app=build_app(box))
        async with httpx.AsyncClient(transport=transport, base_url="http://mail") as client:
            return await client.get(address, **options)

    return asyncio.run(ask())


def test_the_newest_mail_comes_first():
    box = MailBox()
    put(box, write_mail("Pertama"))
    put(box, write_mail("Kedua"))

    messages = get(box, "/messages.json").json()["messages"]

    assert [message["subject"] for message in messages] == ["Kedua", "Pertama"]
    assert messages[0]["to"] == ["sari@surel.nusa"]
    assert messages[0]["sender"] == "Satu Pintu <surat@satupintu.nusa>"
    assert messages[0]["text"].strip() == "Halo"
    assert messages[0]["id"] == 2


def test_letters_beyond_ascii_are_read():
    box = MailBox()
    put(box, write_mail("Surat 🎉 untuk Anda", text="Nur'aini, قبول\n"))

    message = get(box, "/messages.json").json()["messages"][0]

    assert message["subject"] == "Surat 🎉 untuk Anda"
    assert message["text"].startswith("Nur'aini, قبول")


def test_the_list_is_narrowed_to_one_address():
    box = MailBox()
    put(box, write_mail("Untuk Sari"))
    put(box, write_mail("Untuk Slamet", to="slamet@surel.nusa"))

    found = get(box, "/messages.json", params={"to": " Slamet@Surel.nusa "}).json()["messages"]

    assert [message["subject"] for message in found] == ["Untuk Slamet"]


def test_memory_is_bounded():
    box = MailBox()
    for number in range(KEPT_MESSAGES + 5):
        put(box, write_mail(str(number)))
    put(box, write_mail("panjang", text="x " * KEPT_CHARACTERS))

    mails = box.list_mails()

    assert len(mails) == KEPT_MESSAGES
    assert len(mails[0].text) <= KEPT_CHARACTERS


def test_a_mail_without_subject_or_body_is_shown_all_the_same():
    box = MailBox()
    put(box, Envelope(b"", ["sari@surel.nusa"]))

    assert "(no subject)" in get(box, "/?lang=en").text


def test_a_mail_in_a_character_set_nobody_knows_is_shown_as_it_came():
    box = MailBox()
    content = b"Subject: aneh\r\nContent-Type: text/plain; charset=klingon\r\n\r\nqapla"

    put(box, Envelope(content, ["sari@surel.nusa"]))

    assert "qapla" in box.list_mails()[0].text


def test_a_mail_cannot_write_into_the_page():
    box = MailBox()
    put(box, write_mail("<script>alert(1)</script>", text="<img src=x onerror=alert(1)>"))

    page = get(box, "/").text

    assert "<script>" not in page
    assert "<img" not in page
    assert "&lt;script&gt;" in page


@pytest.mark.parametrize("language", ["id", "en"])
def test_the_page_speaks_both_languages(language):
    page = get(MailBox(), f"/?lang={language}")

    assert f'<html lang="{language}">' in page.text
    assert WORDS[language]["empty"] in page.text
    assert page.cookies["mail_language"] == language


def test_the_page_is_indonesian_until_somebody_chooses():
    assert '<html lang="id">' in get(MailBox(), "/").text


def test_a_chosen_language_stays():
    page = get(MailBox(), "/", headers={"Cookie": "mail_language=en"})

    assert '<html lang="en">' in page.text


def test_the_language_switch_keeps_the_chosen_address():
    box = MailBox()
    put(box, write_mail("Halo"))

    assert "?lang=en&amp;to=sari%40surel.nusa" in get(box, "/?to=sari@surel.nusa").text


def test_both_languages_have_the_same_words():
    assert WORDS["id"].keys() == WORDS["en"].keys()


def test_every_field_has_a_label_and_the_page_has_one_heading():
    class Reader(HTMLParser):
        def __init__(self) -> None:
            super().__init__()
            self.tags: list[tuple[str, dict[str, str | None]]] = []

        def handle_starttag(self, tag, attrs):
            self.tags.append((tag, dict(attrs)))

    reader = Reader()
    reader.feed(get(MailBox(), "/").text)
    names = [tag for tag, _ in reader.tags]
    labels = {attributes.get("for") for tag, attributes in reader.tags if tag == "label"}

    assert names.count("h1") == 1
    assert {attributes["id"] for tag, attributes in reader.tags if tag == "select"} <= labels
    assert not any("style" in attributes for _, attributes in reader.tags)


@pytest.mark.parametrize("address", ["/", "/messages.json", "/mail.css", "/mail.svg"])
def test_every_answer_carries_the_strict_headers(address):
    headers = get(MailBox(), address).headers

    assert "default-src 'none'" in headers["content-security-policy"]
    assert "frame-ancestors 'none'" in headers["content-security-policy"]
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["cache-control"] == "no-store"


@pytest.mark.parametrize(
    ("language", "shown"),
    [("id", "25 November 2026, 03.04.05"), ("en", "25 November 2026, 03:04:05")],
)
def test_times_are_those_of_nusa(language, shown):
    assert format_time("2026-11-24T20:04:05.000+00:00", language=language) == shown


def test_what_is_sent_by_smtp_is_on_the_list():
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    box = MailBox()
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = "a@b.nusa", "sari@surel.nusa", "Halo"
    message.set_content("Apa kabar?")

    def send() -> None:
        with smtplib.SMTP("127.0.0.1", port, timeout=10) as smtp:
            smtp.send_message(message)

    async def receive() -> None:
        app = build_app(box, smtp_port=port)
        async with app.router.lifespan_context(app):
            await asyncio.to_thread(send)

    asyncio.run(receive())

    assert [mail.subject for mail in box.list_mails()] == ["Halo"]


def test_the_served_program_takes_its_smtp_port_from_the_environment(monkeypatch):
    monkeypatch.setenv("MAIL_CATCHER_SMTP_PORT", "2525")

    assert mail_catcher.build_served_app() is not None
