# SPDX-License-Identifier: Apache-2.0
"""How a page is made: language, words, icons, headers."""

import json
from functools import lru_cache, partial
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from . import words
from .settings import AgencySettings

HERE = Path(__file__).parent


@lru_cache(maxsize=1)
def _load_environment() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(HERE / "templates"),
        autoescape=True,
        # A misspelt name is an error, not an empty place on the page.
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )
    environment.globals["icon"] = draw_icon
    return environment


@lru_cache(maxsize=1)
def load_icons() -> dict[str, str]:
    """As `python -m demo.agency.build_icons` left them."""
    return json.loads((HERE / "icons.json").read_text(encoding="utf-8"))


def draw_icon(name: str) -> Markup:
    """An icon beside words; screen readers pass over it."""
    inside = load_icons()[name]
    # From our own file, never from a person.
    return Markup('<svg class="icon" viewBox="0 0 24 24" aria-hidden="true">{}</svg>').format(
        Markup(inside)  # noqa: S704
    )


def choose_language(request: Request) -> str:
    """What the address asks for, else what the person chose before, else what her browser speaks,
    else Indonesian."""
    settings: AgencySettings = request.app.state.settings
    spoken = [
        wish.partition(";")[0].partition("-")[0].strip().lower()
        for wish in request.headers.get("accept-language", "").split(",")
    ]
    for wish in (
        request.query_params.get("lang"),
        request.cookies.get(f"{settings.slug}-lang"),
        *spoken,
    ):
        if wish in words.LANGUAGES:
            return wish
    return "id"


def show_page(
    request: Request,
    template: str,
    *,
    status: int = 200,
    private: bool = False,
    **context: Any,
) -> Response:
    """A page in the person's language. `private` pages are kept by no browser or proxy."""
    settings: AgencySettings = request.app.state.settings
    language = choose_language(request)
    html = (
        _load_environment()
        .get_template(template)
        .render(
            {
                "agency": settings.definition,
                "language": language,
                "other_language": "en" if language == "id" else "id",
                "say": partial(_say, language),
                "date": partial(_write_date, language),
                "path": request.url.path,
                "portal_url": settings.portal_issuer,
                "visit": None,
            }
            | context
        )
    )
    response = HTMLResponse(html, status_code=status)
    response.headers["Content-Language"] = language
    response.headers["Vary"] = "Cookie, Accept-Language"
    response.headers["Cache-Control"] = "no-store" if private else "no-cache"
    if request.query_params.get("lang") in words.LANGUAGES:
        response.set_cookie(
            f"{settings.slug}-lang",
            language,
            max_age=365 * 24 * 3600,
            path="/",
            secure=settings.is_https,
            httponly=True,
            samesite="lax",
        )
    return response


def show_trouble(request: Request, *, kind: str, status: int) -> Response:
    """A kind page for something that did not work; `kind` names its words."""
    return show_page(
        request,
        "trouble.html",
        status=status,
        private=True,
        kind=kind,
        may_sign_in=kind not in {"not_found", "broken"},
    )


def _say(language: str, key: str, /, **values: str | int) -> str:
    return words.say(key, language, **values)


def _write_date(language: str, day: Any) -> str:
    return words.write_date(day, language)
