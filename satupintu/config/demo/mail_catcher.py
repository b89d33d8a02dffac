# SPDX-License-Identifier: Apache-2.0
"""Where all mail of the demo ends: an SMTP server that keeps the last messages in memory, and a
page and a JSON list that show them. It speaks to nobody else and keeps nothing on disk."""

import argparse
import asyncio
import email.policy
import os
from collections import deque
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from email import message_from_bytes
from email.message import EmailMessage
from itertools import count
from pathlib import Path
from typing import cast

import jinja2
from aiosmtpd.smtp import SMTP, Envelope, Session
from granian.constants import Interfaces
from granian.log import LogLevels
from granian.server import Server
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response
from starlette.routing import Route

from .mail_words import WORDS, format_time

HOST = "127.0.0.1"
PAGES = Path(__file__).with_name("pages")
# The portal's own, where its assets were built.
TYPEFACE = (
    Path(__file__).parents[2] / "design/static/design/fonts" / "plus-jakarta-sans-latin.woff2"
)
LANGUAGES = ("id", "en")
KEPT_MESSAGES = 300
KEPT_CHARACTERS = 64_000
LARGEST_MESSAGE = 1024 * 1024

HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; style-src 'self'; font-src 'self'; img-src 'self'; form-action 'self'; base-uri 'none';"
        " frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-store",
}


@dataclass(frozen=True)
class Mail:
    id: int
    received_at: str
    sender: str
    to: list[str]
    subject: str
    text: str


class MailBox:
    """The last messages, newest first."""

    def __init__(self) -> None:
        self._mails: deque[Mail] = deque(maxlen=KEPT_MESSAGES)
        self._numbers = count(1)

    async def handle_DATA(self, _server: SMTP, _session: Session, envelope: Envelope) -> str:  # noqa: N802
        """Called by aiosmtpd for every message."""
        parsed = cast(
            "EmailMessage",
            message_from_bytes(envelope.original_content or b"", policy=email.policy.default),
        )
        part = parsed.get_body(("plain", "html"))
        try:
            text = part.get_content() if part is not None else ""
        except (LookupError, UnicodeError):
            # A character set that nobody knows: shown as it came.
            text = parsed.as_string()
        self._mails.appendleft(
            Mail(
                id=next(self._numbers),
                received_at=datetime.now(UTC).isoformat(timespec="milliseconds"),
                sender=str(parsed.get("From", envelope.mail_from or "")),
                to=[str(address) for address in envelope.rcpt_tos],
                subject=str(parsed.get("Subject", "")),
                text=text[:KEPT_CHARACTERS],
            )
        )
        return "250 OK"

    def list_mails(self, *, to: str = "") -> list[Mail]:
        address = to.strip().lower()
        return [
            mail
            for mail in self._mails
            if not address or any(address == one.lower() for one in mail.to)
        ]


def build_app(box: MailBox, *, smtp_port: int | None = None) -> Starlette:
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(PAGES),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
    )

    async def page(request: Request) -> Response:
        language = _choose_language(request)
        to = request.query_params.get("to", "")
        mails = [
            {"mail": mail, "when": format_time(mail.received_at, language=language)}
            for mail in box.list_mails(to=to)
        ]
        html = environment.get_template("mail.html").render(
            words=WORDS[language],
            language=language,
            other="en" if language == "id" else "id",
            mails=mails,
            to=to,
            addresses=sorted({address for mail in box.list_mails() for address in mail.to}),
        )
        response = HTMLResponse(html, headers=HEADERS)
        if request.query_params.get("lang") in LANGUAGES:
            response.set_cookie("mail_language", language, httponly=True, samesite="lax")
        return response

    async def messages(request: Request) -> Response:
        found = box.list_mails(to=request.query_params.get("to", ""))
        return JSONResponse({"messages": [asdict(mail) for mail in found]}, headers=HEADERS)

    @asynccontextmanager
    async def receive_mail(_app: Starlette) -> AsyncIterator[None]:
        if smtp_port is None:
            yield
            return
        smtp = await asyncio.get_running_loop().create_server(
            lambda: SMTP(box, hostname="surel.nusa", data_size_limit=LARGEST_MESSAGE),
            HOST,
            smtp_port,
        )
        yield
        smtp.close()

    return Starlette(
        lifespan=receive_mail,
        routes=[
            Route("/", page),
            Route("/messages.json", messages),
            Route("/mail.css", _serve_file(PAGES / "mail.css", media_type="text/css")),
            Route("/typeface.woff2", _serve_file(TYPEFACE, media_type="font/woff2")),
            Route("/mail.svg", _serve_file(PAGES / "mail.svg", media_type="image/svg+xml")),
        ],
    )


def _serve_file(path: Path, *, media_type: str) -> Callable[[Request], Awaitable[Response]]:
    """A small file, from memory; 404 where there is none."""
    content = path.read_bytes() if path.is_file() else b""

    async def serve(_request: Request) -> Response:
        if not content:
            return Response(status_code=404, headers=HEADERS)
        return Response(content, media_type=media_type, headers=HEADERS)

    return serve


def _choose_language(request: Request) -> str:
    for wish in (request.query_params.get("lang"), request.cookies.get("mail_language")):
        if wish in LANGUAGES:
            return str(wish)
    return "id"


def build_served_app() -> Starlette:
    """What the web server's process runs: the pages, and beside them the SMTP server."""
    return build_app(MailBox(), smtp_port=int(os.environ["MAIL_CATCHER_SMTP_PORT"]))


def main() -> None:
    parser = argparse.ArgumentParser(description="The demo's mail catcher.")
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--smtp-port", type=int, required=True)
    options = parser.parse_args()
    os.environ["MAIL_CATCHER_SMTP_PORT"] = str(options.smtp_port)
    Server(
        f"{__spec__.name}:build_served_app",
        factory=True,
        address=HOST,
        port=options.port,
        interface=Interfaces.ASGI,
        # One: the messages are in its memory.
        workers=1,
        workers_kill_timeout=1,
        websockets=False,
        log_level=LogLevels.warning,
    ).serve()


if __name__ == "__main__":
    main()
