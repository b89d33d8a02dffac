# SPDX-License-Identifier: Apache-2.0
"""The demo's back door to an agency's desk: send letters, issue codes. Loopback and token only.

Exists only where a demo token was set. `Authorization: Bearer <demo token>`.
"""

import base64
import binascii
import hmac
import ipaddress
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from . import linking, outgoing
from .api import read_body, read_text, unprocessable, write_moment
from .letterbox import send_mail
from .problems import Problem
from .words import LANGUAGES

LARGEST_LETTER = 16 * 1024 * 1024

Endpoint = Callable[[Request], Awaitable[Response]]


def for_the_desk(endpoint: Endpoint) -> Endpoint:
    """From this machine, with the demo token; to everybody else the address does not exist."""

    async def guarded(request: Request) -> Response:
        given = request.headers.get("authorization", "").removeprefix("Bearer ")
        expected = request.app.state.settings.demo_token
        host = request.client.host if request.client else ""
        if not _is_loopback(host) or not hmac.compare_digest(given.encode(), expected.encode()):
            return Problem(
                status=404, code="not_found", title="There is nothing at this address."
            ).to_response()
        try:
            return await endpoint(request)
        except Problem as problem:
            return problem.to_response()

    return guarded


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


async def post_letters(request: Request) -> Response:
    """{"record": ref or demo e-mail} or {"all_linked": true}, "title", "body" or "pdf_base64"."""
    body = await read_body(
        request,
        needed={"title"},
        optional=frozenset({"record", "all_linked", "body", "language", "pdf_base64"}),
        largest=LARGEST_LETTER,
    )
    if ("record" in body) == (body.get("all_linked") is True):
        raise unprocessable("Send either record or all_linked.")
    language = body.get("language", "id")
    if language not in LANGUAGES:
        raise unprocessable("language is id or en.")
    try:
        document = base64.b64decode(body.get("pdf_base64", ""), validate=True)
    except (binascii.Error, TypeError, ValueError):
        raise unprocessable("pdf_base64 is not base64.") from None
    try:
        report = await run_in_threadpool(
            outgoing.send_letters,
            settings=request.app.state.settings,
            keys=request.app.state.keys,
            who=read_text(body, "record", longest=200) if "record" in body else None,
            title=read_text(body, "title", longest=500),
            body=read_text(body, "body", longest=100_000) if "body" in body else "",
            document=document or None,
            language=language,
            at=datetime.now(UTC),
        )
    except outgoing.NothingToSend as error:
        raise unprocessable(str(error)) from error
    return JSONResponse(report, status_code=502 if report["not_sent"] else 200)


async def post_codes(request: Request) -> Response:
    """{"record": ref or demo e-mail, "silent": true to send nothing}: a fresh code, in clear."""
    body = await read_body(request, needed={"record"}, optional=frozenset({"silent", "language"}))
    settings = request.app.state.settings
    language = body.get("language", "id")
    if language not in LANGUAGES or not isinstance(body.get("silent", False), bool):
        raise unprocessable("language is id or en; silent is true or false.")
    try:
        ref = outgoing.find_record(settings=settings, who=read_text(body, "record", longest=200))
    except outgoing.NothingToSend as error:
        raise unprocessable(str(error)) from error
    issued = await run_in_threadpool(
        linking.issue_code_for,
        settings=settings,
        keys=request.app.state.keys,
        record_ref=ref,
        language=language,
        at=datetime.now(UTC),
        silent=body.get("silent", False),
    )
    if issued is None:
        raise unprocessable("There is no such record.")
    code, delivery = issued
    if delivery and delivery.mail:
        await run_in_threadpool(send_mail, settings=settings, mail=delivery.mail)
    return JSONResponse(
        {
            "record_ref": code.record_ref,
            "code": code.written,
            "expires_at": write_moment(code.expires_at),
            "channel": delivery.channel if delivery else None,
            "letter_url": delivery.letter_url if delivery else None,
        },
        status_code=201,
        headers={"Cache-Control": "no-store"},
    )


routes = [
    Route("/demo/letters", for_the_desk(post_letters), methods=["POST"]),
    Route("/demo/codes", for_the_desk(post_codes), methods=["POST"]),
]
