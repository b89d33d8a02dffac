# SPDX-License-Identifier: Apache-2.0
"""One running agency: its pages, its API, and in the demo its desk."""

from collections.abc import Callable
from pathlib import Path

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles

from . import api, desk, pages, register, signin, signout
from .headers import SecurityHeaders
from .keys import load_keys
from .portal import Portal
from .problems import Problem
from .settings import AgencySettings, read_settings_from_environment
from .tokens import PortalKeys


def create_app() -> Starlette:
    """For the server: what to serve stands in the environment."""
    return build_app(settings=read_settings_from_environment())


def build_app(*, settings: AgencySettings) -> Starlette:
    """The program of one agency, its register made if there is none."""
    register.build_register(settings=settings)
    agency_api = Starlette(routes=api.routes, exception_handlers=_problems_for_errors())
    routes = [
        Mount("/api", app=agency_api),
        Mount("/static", app=StaticFiles(directory=Path(__file__).with_name("static"))),
        Route("/jwks.json", get_jwks),
        *pages.routes,
        *signin.routes,
        *signout.routes,
    ]
    if settings.demo_token:
        routes += desk.routes
    app = Starlette(
        routes=routes,
        exception_handlers={404: pages.show_not_found, 500: pages.show_broken},
    )
    app.add_middleware(SecurityHeaders, settings=settings)
    keys = load_keys(home=settings.register_path.parent)
    portal_keys = PortalKeys(issuer=settings.portal_issuer)
    for one in (app, agency_api):
        one.state.settings = settings
        one.state.keys = keys
        one.state.portal_keys = portal_keys
    portal = Portal(settings=settings, keys=keys, portal_keys=portal_keys)
    app.state.portal = agency_api.state.portal = portal
    return app


async def get_jwks(request: Request) -> Response:
    """The agency's public keys, for the portal."""
    return JSONResponse(
        request.app.state.keys.public_jwks(), headers={"Cache-Control": "public, max-age=300"}
    )


def _problems_for_errors() -> dict[int, Callable[[Request, Exception], Response]]:
    texts = {
        404: ("not_found", "There is nothing at this address."),
        405: ("method_not_allowed", "This address does not take this method."),
        500: ("broken", "Something went wrong here."),
    }

    def handler_for(status: int) -> Callable[[Request, Exception], Response]:
        def answer(request: Request, error: Exception) -> Response:
            code, title = texts[status]
            headers = getattr(error, "headers", None)
            return Problem(status=status, code=code, title=title, headers=headers).to_response()

        return answer

    return {status: handler_for(status) for status in texts}
