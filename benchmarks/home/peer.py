# SPDX-License-Identifier: Apache-2.0
"""The peer: Starlette, SQLAlchemy core, Jinja2. The same statements, the same lists."""

import json
import os
from pathlib import Path

import jinja2
from sqlalchemy import create_engine
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.middleware.gzip import GZipMiddleware
from starlette.requests import Request
from starlette.responses import HTMLResponse
from starlette.routing import Route

STATEMENTS = json.loads(Path(os.environ["PEER_STATEMENTS"]).read_text("utf-8"))
engine = create_engine(
    os.environ["DATABASE_URL"].replace("postgresql://", "postgresql+psycopg://"), pool_size=4
)
page = jinja2.Environment(
    loader=jinja2.FileSystemLoader(Path(__file__).parent), autoescape=True
).get_template("peer.html")


def home(request: Request) -> HTMLResponse:
    with engine.connect() as connection:
        results = [
            # The text holds its values, so a percent sign in it is doubled for the driver.
            connection.exec_driver_sql(statement.replace("%", "%%")).mappings().all()
            for statement in STATEMENTS
        ]
    account = next(rows[0] for rows in results if rows and "full_name" in rows[0])
    links = next(rows for rows in results if rows and "linked_at" in rows[0])
    letters = next(rows for rows in results if rows and "has_document" in rows[0])
    accesses = next(rows for rows in results if rows and "words_id" in rows[0])
    return HTMLResponse(
        page.render(account=account, links=links, letters=letters, accesses=accesses),
        headers={"Cache-Control": "no-store"},
    )


app = Starlette(routes=[Route("/", home)], middleware=[Middleware(GZipMiddleware, compresslevel=6)])
