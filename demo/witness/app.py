# SPDX-License-Identifier: Apache-2.0
"""The witness: a program in other hands than the portal's. It keeps the heads of the access log
that are lodged with it, and signs only one that continues what it saw.

    GET  /                         a page of the heads, for people
    GET  /key                      {"name", "public_key"}
    GET  /heads/latest?origin=     {"size", "root", ...} or 404
    POST /heads                    {"text", "public_key", "signature", "proof", "handovers"} ->
                                   {"text", "public_key", "signature"}: the receipt; or 409
"""

import json
import os
from datetime import UTC, datetime
from html import escape
from pathlib import Path
from typing import Any

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response
from starlette.routing import Route

from .notary import Notary, Refused, SeenHead

LARGEST_BODY = 64 * 1024
HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; style-src 'self'; base-uri 'none'; frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
}
WORDS = {
    "id": {
        "title": "Saksi catatan akses",
        "about": "Kami menyimpan sidik jari catatan akses Satu Pintu, di luar tangan pengelolanya."
        " Jika satu baris lama diubah atau dihapus, sidik jari yang baru tidak lagi cocok"
        " dan kami menolaknya.",
        "key": "Kunci kami",
        "none": "Belum ada sidik jari yang dititipkan.",
        "head": ("Diterima (UTC)", "Catatan", "Jumlah baris", "Sidik jari"),
        "other": '<a href="/?lang=en" lang="en">English</a>',
    },
    "en": {
        "title": "Witness of the access log",
        "about": "We keep the fingerprints of Satu Pintu's access log, outside its operator's"
        " hands. If an old line is changed or taken away, the next fingerprint no longer fits"
        " and we refuse it.",
        "key": "Our key",
        "none": "No fingerprint has been lodged yet.",
        "head": ("Received (UTC)", "Log", "Lines", "Fingerprint"),
        "other": '<a href="/?lang=id" lang="id">Bahasa Indonesia</a>',
    },
}
STYLES = """
body { margin: 0; background: #fbf6ef; color: #16211f; font: 17px/1.5 system-ui, sans-serif; }
header { background: #0b3b37; color: #fff; } header a { color: #fff; }
header > div, main { max-width: 60rem; margin: 0 auto; padding: 1.25rem; }
header > div { display: flex; justify-content: space-between; align-items: center; gap: 1rem; }
header a { padding: .6rem 0; } h1 { font-size: 1.7rem; line-height: 1.2; margin: 0; }
code { font-size: .85rem; overflow-wrap: anywhere; }
.card { background: #fff; border: 1px solid #e6dccd; border-radius: 14px; padding: 1rem 1.25rem; }
.card + .card { margin-top: 1rem; } dl { margin: 0; display: grid; gap: .25rem .75rem; }
dt { color: #5a6663; font-size: .9rem; } dd { margin: 0; }
@media (min-width: 40rem) { dl { grid-template-columns: 11rem 1fr; } }
"""


def create_app() -> Starlette:
    """For the server: folder and name stand in the environment."""
    app = Starlette(
        routes=[
            Route("/", show_heads),
            Route("/style.css", send_styles),
            Route("/key", send_key),
            Route("/heads/latest", send_latest),
            Route("/heads", receive_head, methods=["POST"]),
        ]
    )
    app.state.notary = Notary(
        home=Path(os.environ["WITNESS_HOME"]), name=os.environ["WITNESS_NAME"]
    )
    return app


def _notary(request: Request) -> Notary:
    return request.app.state.notary


def send_key(request: Request) -> Response:
    """The key to compare a receipt's with."""
    notary = _notary(request)
    return JSONResponse({"name": notary.name, "public_key": notary.public_key}, headers=HEADERS)


def send_latest(request: Request) -> Response:
    """The newest head of one log, with our receipt."""
    head = _notary(request).latest(request.query_params.get("origin", ""))
    if head is None:
        return JSONResponse({"code": "unknown_log"}, status_code=404, headers=HEADERS)
    return JSONResponse(vars(head), headers=HEADERS)


async def receive_head(request: Request) -> Response:
    """Sign it, or say why not."""
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > LARGEST_BODY:
            return JSONResponse({"code": "too_large"}, status_code=413, headers=HEADERS)
    try:
        fields = _read_fields(bytes(body))
        notary = _notary(request)
        head = await run_in_threadpool(notary.witness, **fields, at=datetime.now(UTC))
    except Refused as refused:
        status = 422 if refused.code == "malformed" else 409
        answer = {"code": refused.code, "size": refused.size}
        return JSONResponse(answer, status_code=status, headers=HEADERS)
    return JSONResponse(
        {
            "text": head.receipt,
            "public_key": notary.public_key,
            "signature": head.receipt_signature,
        },
        headers=HEADERS,
    )


def _read_fields(body: bytes) -> dict[str, Any]:
    try:
        given = json.loads(body)
        fields = {name: given[name] for name in ("text", "public_key", "signature", "proof")}
    except (ValueError, KeyError, TypeError) as error:
        raise Refused("malformed") from error
    fields["handovers"] = handovers = given.get("handovers", [])
    if not isinstance(handovers, list) or not all(
        isinstance(one, dict)
        and set(one) == {"text", "public_key", "signature"}
        and all(isinstance(value, str) for value in one.values())
        for one in handovers
    ):
        raise Refused("malformed")
    proof = fields["proof"]
    texts = [fields["text"], fields["public_key"], fields["signature"]]
    if not isinstance(proof, list) or not all(isinstance(one, str) for one in [*texts, *proof]):
        raise Refused("malformed")
    return fields


def send_styles(request: Request) -> Response:
    return Response(STYLES, media_type="text/css", headers=HEADERS)


def show_heads(request: Request) -> Response:
    """What was lodged, newest first."""
    language = "en" if request.query_params.get("lang") == "en" else "id"
    words = WORDS[language]
    notary = _notary(request)
    cards = "".join(_write_card(head, words["head"]) for head in notary.list_heads())
    return HTMLResponse(
        f'<!DOCTYPE html><html lang="{language}"><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{escape(notary.name)}: {words['title']}</title>"
        '<link rel="stylesheet" href="/style.css">'
        f"<header><div><strong>{escape(notary.name)}</strong>{words['other']}</div></header>"
        f"<main><h1>{words['title']}</h1><p>{words['about']}</p>"
        f"<p>{words['key']}: <code>{notary.public_key}</code></p>"
        f"{cards or '<p>' + str(words['none']) + '</p>'}</main></html>",
        headers=HEADERS,
    )


def _write_card(head: SeenHead, names: Any) -> str:
    values = (
        head.seen_at[:16].replace("T", " "),
        escape(head.origin),
        f"{head.size:,}",
        f"<code>{head.root}</code>",
    )
    rows = "".join(f"<dt>{n}</dt><dd>{v}</dd>" for n, v in zip(names, values, strict=True))
    return f'<div class="card"><dl>{rows}</dl></div>'
