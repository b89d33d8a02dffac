# SPDX-License-Identifier: Apache-2.0
"""The peer: Starlette, SQLAlchemy core, Jinja2. The same statements, the same visible page."""

import hashlib
import json
import os
import secrets
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import jinja2
from markupsafe import Markup
from sqlalchemy import create_engine
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.middleware.gzip import GZipMiddleware
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.routing import Route

from satupintu.config.headers import CONTENT_SECURITY_POLICY, PERMISSIONS_POLICY
from satupintu.design.icons import BRAND, get_drawings

STATEMENTS = json.loads(Path(os.environ["PEER_STATEMENTS"]).read_text("utf-8"))
WORDS = json.loads(Path(__file__).with_name("peer_words.json").read_text("utf-8"))
COUNTRY_TIME = ZoneInfo("Asia/Jakarta")
MONTHS = (
    *("Januari", "Februari", "Maret", "April", "Mei", "Juni", "Juli", "Agustus"),
    *("September", "Oktober", "November", "Desember"),
)
# What our process holds in memory too: the directory of agencies, and the drawings.
AGENCIES = {
    f"agency-{number}": {
        "name": f"Kantor Contoh {number}",
        "summary": "Kantor rekaan untuk pengujian.",
        "href": "http://127.0.0.1:9/",
    }
    for number in range(11)
}
DRAWINGS = {"mark": Markup((BRAND / "mark.svg").read_text("utf-8").strip())} | {
    name: Markup(
        '<svg class="icon" viewBox="0 0 24 24" width="24" height="24" '
        f'aria-hidden="true" focusable="false">{drawing}</svg>'
    )
    for name, drawing in get_drawings().items()
}
HEADERS = {
    "Cache-Control": "no-store",
    "Content-Language": "id",
    "Content-Security-Policy": CONTENT_SECURITY_POLICY,
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": PERMISSIONS_POLICY,
    "Referrer-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
}


def format_date(value: datetime) -> str:
    local = value.astimezone(COUNTRY_TIME)
    return f"{local.day} {MONTHS[local.month - 1]} {local.year}"


def format_time(value: datetime) -> str:
    return f"{value.astimezone(COUNTRY_TIME):%H.%M}"


def greet() -> str:
    hour = datetime.now(COUNTRY_TIME).hour
    if 4 <= hour < 11:
        return "Good morning,"
    if 11 <= hour < 15:
        return "Good day,"
    return "Good afternoon," if 15 <= hour < 18 else "Good evening,"


engine = create_engine(
    os.environ["DATABASE_URL"].replace("postgresql://", "postgresql+psycopg://"), pool_size=4
)
templates = jinja2.Environment(
    loader=jinja2.FileSystemLoader(Path(__file__).parent),
    autoescape=True,
    trim_blocks=True,
    undefined=jinja2.StrictUndefined,
)
templates.globals |= {"_": WORDS.__getitem__, "icon": DRAWINGS.__getitem__, "agencies": AGENCIES}
templates.filters |= {"date": format_date, "time": format_time}
page = templates.get_template("peer.html")


def home(request: Request) -> Response:
    with engine.connect() as connection:
        results = [
            # The text holds its values, so a percent sign in it is doubled for the driver.
            connection.exec_driver_sql(statement.replace("%", "%%")).mappings().all()
            for statement in STATEMENTS
        ]
    session = next((rows[0] for rows in results if rows and "session_key" in rows[0]), None)
    key = hashlib.sha256(request.cookies.get("satupintu", "").encode()).hexdigest()
    if session is None or session["session_key"] != key:
        return RedirectResponse("/account/sign-in/", status_code=303)
    letters = next(rows for rows in results if rows and "has_document" in rows[0])
    links = next(rows for rows in results if rows and "linked_at" in rows[0])
    linked = {link["agency"] for link in links}
    token = secrets.token_urlsafe(48)
    answer = HTMLResponse(
        page.render(
            account=next(rows[0] for rows in results if rows and "full_name" in rows[0]),
            accesses=next(rows for rows in results if rows and "words_id" in rows[0]),
            hello=greet(),
            letters=letters,
            links=links,
            menu=(
                ("Home", "/home/", 0),
                ("Services", "/services/", 0),
                ("Letters", "/inbox/", letters[0]["total"]),
                ("Account", "/account/", 0),
            ),
            next=next(slug for slug in AGENCIES if slug not in linked),
            token=token,
        ),
        headers=HEADERS,
    )
    answer.set_cookie("peer_csrf", token, max_age=31449600, httponly=True, samesite="lax")
    return answer


app = Starlette(routes=[Route("/", home)], middleware=[Middleware(GZipMiddleware, compresslevel=6)])
