# SPDX-License-Identifier: Apache-2.0
"""NusaID's addresses: the sign-in page for people, and what a relying party's program calls."""

import os
import secrets
from base64 import b64decode
from pathlib import Path
from urllib.parse import parse_qsl, unquote_plus, urlencode, urlsplit

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, RedirectResponse, Response
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles

from .provider import Asked, Client, NoRequest, Provider, TokenError, load_key
from .residents import find_resident
from .words import WORDS

HERE = Path(__file__).parent
HOME, ISSUER = "NUSAID_HOME", "NUSAID_ISSUER"
BROWSER = "nusaid-browser"
LONGEST_FORM = 16_384
_environment = Environment(
    loader=FileSystemLoader(HERE / "templates"),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)


def create_app() -> Starlette:
    """For the server: what to serve stands in the environment."""
    portal = os.environ.get("SATUPINTU_PUBLIC_URL", "http://localhost:8000")
    client = Client(
        client_id=os.environ.get("SATUPINTU_IDENTITY_CLIENT_ID", "satupintu"),
        secret=os.environ["SATUPINTU_IDENTITY_SECRET"],
        redirect_uri=f"{portal}/account/identity/return/",
    )
    return build_app(home=Path(os.environ[HOME]), issuer=os.environ[ISSUER], client=client)


def build_app(*, home: Path, issuer: str, client: Client) -> Starlette:
    app = Starlette(
        routes=[
            Route("/", show_front),
            Route("/health", show_health),
            Route("/.well-known/openid-configuration", show_configuration),
            Route("/jwks.json", show_keys),
            Route("/authorize", authorize),
            Route("/sign-in", sign_in, methods=["POST"]),
            Route("/token", exchange, methods=["POST"]),
            Mount("/static", app=StaticFiles(directory=HERE / "static")),
        ]
    )
    key, salt = load_key(home)
    app.state.provider = Provider(issuer=issuer, client=client, key=key, salt=salt)
    return app


async def show_health(request: Request) -> Response:
    return JSONResponse({"status": "ok"})


async def show_configuration(request: Request) -> Response:
    return JSONResponse(_provider(request).describe())


async def show_keys(request: Request) -> Response:
    return JSONResponse({"keys": [_provider(request).key.as_dict(private=False)]})


async def show_front(request: Request) -> Response:
    return _show(request, "front.html")


async def authorize(request: Request) -> Response:
    """OpenID Connect Core 1.0, section 3.1.2. Always the sign-in page: NusaID keeps no session,
    so on a shared phone nobody is somebody else's identity by accident."""
    browser = request.cookies.get(BROWSER) or secrets.token_urlsafe(32)
    try:
        ticket = _provider(request).ask(request.query_params, browser=browser)
    except NoRequest:
        return _show(request, "trouble.html", status=400)
    response = _show(request, "sign_in.html", ticket=ticket, error="", number="")
    response.set_cookie(BROWSER, browser, httponly=True, samesite="lax", path="/")
    return response


async def sign_in(request: Request) -> Response:
    form = await _read_form(request)
    provider, ticket = _provider(request), form.get("ticket", "")
    try:
        asked = provider.find(ticket, browser=request.cookies.get(BROWSER, ""))
    except NoRequest:
        return _show(request, "trouble.html", status=400)
    if form.get("decision") == "cancel":
        provider.drop(ticket)
        return _send_back(provider, asked, error="access_denied")
    number = "".join(character for character in form.get("number", "") if character.isdigit())
    if provider.is_closed(number):
        return _show(
            request, "sign_in.html", status=429, ticket=ticket, error="closed", number=number
        )
    resident = find_resident(number=number, pin=form.get("pin", "").strip())
    if resident is None:
        provider.note_wrong_pin(number)
        return _show(
            request, "sign_in.html", status=422, ticket=ticket, error="wrong", number=number
        )
    return _send_back(provider, asked, code=provider.issue_code(ticket, asked, resident))


async def exchange(request: Request) -> Response:
    """OpenID Connect Core 1.0, section 3.1.3; the client proves itself by client_secret_basic."""
    form = await _read_form(request)
    client_id, secret = _read_basic(request.headers.get("Authorization", ""))
    try:
        answer = _provider(request).redeem(form, client_id=client_id, secret=secret)
    except TokenError as error:
        status = 401 if str(error) == "invalid_client" else 400
        return JSONResponse({"error": str(error)}, status, {"Cache-Control": "no-store"})
    return JSONResponse(answer, headers={"Cache-Control": "no-store"})


async def _read_form(request: Request) -> dict[str, str]:
    """Urlencoded, and no longer than such a form can be; a longer one counts as empty."""
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > LONGEST_FORM:
            return {}
    return dict(parse_qsl(body.decode("utf-8", "replace"), keep_blank_values=True))


def _provider(request: Request) -> Provider:
    provider: Provider = request.app.state.provider
    return provider


def _send_back(provider: Provider, asked: Asked, **answer: str) -> Response:
    query = urlencode(answer | {"state": asked.state, "iss": provider.issuer})
    return RedirectResponse(
        f"{asked.redirect_uri}?{query}", status_code=303, headers={"Cache-Control": "no-store"}
    )


def _read_basic(header: str) -> tuple[str, str]:
    """RFC 6749, section 2.3.1: both parts are form-encoded before they are joined."""
    kind, _space, encoded = header.partition(" ")
    if kind.lower() != "basic":
        return "", ""
    try:
        name, _colon, secret = b64decode(encoded, validate=True).decode().partition(":")
    except ValueError:
        return "", ""
    return unquote_plus(name), unquote_plus(secret)


def _choose_language(request: Request) -> str:
    wishes = request.query_params.get("ui_locales", "").split()
    for wish in (request.query_params.get("lang"), request.cookies.get("nusaid-lang"), *wishes):
        if wish in WORDS:
            return wish
    return "id"


def _show(request: Request, template: str, *, status: int = 200, **context: str) -> Response:
    language = _choose_language(request)
    html = _environment.get_template(template).render(
        say=WORDS[language], language=language, **context
    )
    portal = urlsplit(_provider(request).client.redirect_uri)
    policy = (
        "default-src 'none'; style-src 'self'; img-src 'self'; base-uri 'none';"
        # The form's answer is a redirect there, which browsers hold against this line too.
        f" form-action 'self' {portal.scheme}://{portal.netloc}; frame-ancestors 'none'"
    )
    response = HTMLResponse(
        html,
        status,
        {
            "Content-Security-Policy": policy,
            "Content-Language": language,
            "Cache-Control": "no-store",
            "Referrer-Policy": "no-referrer",
            "X-Content-Type-Options": "nosniff",
        },
    )
    response.set_cookie("nusaid-lang", language, httponly=True, samesite="lax", path="/")
    return response
