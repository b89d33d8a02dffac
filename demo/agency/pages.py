# SPDX-License-Identifier: Apache-2.0
"""The agency's own pages: its front, a person's record, and in the demo the paper letter."""

import importlib
import json
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, timezone

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from . import letterbox, register
from .page import choose_language, load_icons, show_page, show_trouble
from .records.shown import ShownRecord
from .residents import write_number
from .settings import AgencySettings
from .signin import get_visit
from .words import from_epoch

# The capital's clock, by which the portal tells the time too.
NUSA = timezone(timedelta(hours=7))


@dataclass(frozen=True)
class PersonalRecord:
    """What the signed-in person sees of themselves."""

    full_name: str
    number: str
    born_on: date
    address: str
    joined_on: date
    # While the link is provisional: bank details and address stay as they are until then.
    changes_wait_until: datetime | None
    shown: ShownRecord


def get_record(
    *, settings: AgencySettings, subject: str, language: str, at: datetime
) -> PersonalRecord | None:
    """The record joined to this subject, if any."""
    definition = settings.definition
    with register.read_register(settings.register_path) as connection:
        row = connection.execute(
            "SELECT * FROM link JOIN resident ON ref = record_ref WHERE subject = ?", (subject,)
        ).fetchone()
    if row is None:
        return None
    waits_until = row["changes_wait_until"] or 0
    kind = importlib.import_module(f"demo.agency.records.{definition.record_kind}")
    return PersonalRecord(
        full_name=row["full_name"],
        number=write_number(definition=definition, digits=row["number"]),
        born_on=date.fromisoformat(row["born_on"]),
        address=f"{row['street']}, {row['village']}, {row['city']} {row['postcode']}",
        joined_on=from_epoch(row["linked_at"]).date(),
        changes_wait_until=(
            from_epoch(waits_until).astimezone(NUSA) if waits_until > at.timestamp() else None
        ),
        shown=kind.show_record(facts=json.loads(row["facts"]), language=language),
    )


async def show_front(request: Request) -> Response:
    visit = await run_in_threadpool(get_visit, request, at=datetime.now(UTC))
    return show_page(request, "front.html", visit=visit)


async def show_record(request: Request) -> Response:
    """Only for a visitor; everybody else is sent to sign in."""
    settings: AgencySettings = request.app.state.settings
    visit = await run_in_threadpool(get_visit, request, at=datetime.now(UTC))
    if visit is None:
        return RedirectResponse("/signin", status_code=303)
    record = await run_in_threadpool(
        get_record,
        settings=settings,
        subject=visit.subject,
        language=choose_language(request),
        at=datetime.now(UTC),
    )
    if record is None:
        return show_page(request, "unjoined.html", private=True, visit=visit)
    return show_page(request, "record.html", private=True, visit=visit, record=record)


async def show_letter(request: Request) -> Response:
    """The newest letter of a letterbox; whoever has its address has the paper in hand."""
    is_box, letter = await run_in_threadpool(
        letterbox.get_letter,
        settings=request.app.state.settings,
        keys=request.app.state.keys,
        token=request.path_params["token"],
    )
    if not is_box:
        return show_trouble(request, kind="not_found", status=404)
    return show_page(
        request,
        "letter.html",
        private=True,
        letter=letter,
        portal_host=request.app.state.settings.portal_host,
    )


async def show_theme(request: Request) -> Response:
    """The agency's colours as a stylesheet: a style attribute would need a weaker policy."""
    definition = request.app.state.settings.definition

    def declare(colours: dict[str, str]) -> str:
        return "".join(f"--{name}:{value};" for name, value in colours.items())

    css = (
        f":root{{color-scheme:light dark;{declare(definition.colours['light'])}}}"
        f"@media screen and (prefers-color-scheme:dark){{:root{{{declare(definition.colours['dark'])}}}}}"
    )
    return Response(css, media_type="text/css", headers={"Cache-Control": "public, max-age=300"})


async def show_favicon(request: Request) -> Response:
    """The agency's icon on its own colour."""
    definition = request.app.state.settings.definition
    inside = load_icons()[definition.icon]
    svg = (
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32">'
        f'<rect width="32" height="32" rx="7" fill="{definition.colours["light"]["brand-deep"]}"/>'
        '<g transform="translate(4 4)" fill="none" stroke="#fff" stroke-width="2"'
        f' stroke-linecap="round" stroke-linejoin="round">{inside}</g></svg>'
    )
    headers = {"Cache-Control": "public, max-age=86400"}
    return Response(svg, media_type="image/svg+xml", headers=headers)


async def show_not_found(request: Request, _error: Exception) -> Response:
    return show_trouble(request, kind="not_found", status=404)


async def show_broken(request: Request, _error: Exception) -> Response:
    return show_trouble(request, kind="broken", status=500)


routes = [
    Route("/", show_front, methods=["GET"]),
    Route("/record", show_record, methods=["GET"]),
    Route("/letters/{token}", show_letter, methods=["GET"]),
    Route("/theme.css", show_theme, methods=["GET"]),
    Route("/favicon.svg", show_favicon, methods=["GET"]),
]
