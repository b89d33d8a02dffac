# SPDX-License-Identifier: Apache-2.0
"""The way in and out for a person, and who is visiting now.

A visit is a row; the browser holds 256 random bits of which the row has the hash. It carries the
agency's own subject and nothing else about the person.
"""

import hashlib
import hmac
import logging
import secrets
import sqlite3
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qs

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from . import register
from .page import choose_language, show_page, show_trouble
from .portal import Arrived, Portal, PortalUnreachable, SecondFactorMissing, SignInRefused
from .settings import AgencySettings

log = logging.getLogger("demo.agency")

SIGN_IN_LIFETIME = timedelta(minutes=15)
VISIT_LIFETIME = timedelta(hours=1)
# So long after signing out here it is offered to sign out at the portal too.
PARTING_LIFETIME = timedelta(minutes=10)


@dataclass(frozen=True)
class Visit:
    """Somebody who is signed in here. `form_key` proves that a form came from our own page."""

    subject: str
    form_key: str


def _hash(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()


def _cookie(settings: AgencySettings, name: str) -> str:
    # Ports do not part cookies: agencies on one host need names of their own.
    prefix = "__Host-" if settings.is_https else ""
    return f"{prefix}{settings.slug}-{name}"


def _set_cookie(
    response: Response, settings: AgencySettings, name: str, value: str, lifetime: timedelta
) -> None:
    response.set_cookie(
        _cookie(settings, name),
        value,
        max_age=int(lifetime.total_seconds()),
        path="/",
        secure=settings.is_https,
        httponly=True,
        # Lax, for the way back from the portal is a navigation from another site.
        samesite="lax",
    )


def get_visit(request: Request, *, at: datetime) -> Visit | None:
    """Who is signed in, if anybody."""
    settings: AgencySettings = request.app.state.settings
    token = request.cookies.get(_cookie(settings, "visit"), "")
    if not token:
        return None
    with register.read_register(settings.register_path) as connection:
        row = connection.execute(
            "SELECT subject, form_key FROM visit WHERE token_hash = ? AND expires_at > ?",
            (_hash(token), int(at.timestamp())),
        ).fetchone()
    return Visit(subject=row["subject"], form_key=row["form_key"]) if row else None


async def start(request: Request) -> Response:
    """Send the browser to the portal."""
    settings: AgencySettings = request.app.state.settings
    portal: Portal = request.app.state.portal
    # Two tabs may sign in at once: they share the browser's secret, and each has its own state.
    browser = request.cookies.get(_cookie(settings, "browser")) or secrets.token_urlsafe(32)
    try:
        started = await run_in_threadpool(portal.start_sign_in, language=choose_language(request))
    except PortalUnreachable as error:
        log.warning("sign_in_not_started because=%s", error)
        return show_trouble(request, kind="portal", status=503)
    expires_at = datetime.now(UTC) + SIGN_IN_LIFETIME

    def remember() -> None:
        with register.open_register(settings.register_path) as connection:
            connection.execute(
                "DELETE FROM sign_in WHERE expires_at < ?", (int(datetime.now(UTC).timestamp()),)
            )
            connection.execute(
                "INSERT INTO sign_in VALUES (?, ?, ?, ?, ?)",
                (
                    _hash(started.state),
                    _hash(browser),
                    started.nonce,
                    started.code_verifier,
                    int(expires_at.timestamp()),
                ),
            )

    await run_in_threadpool(remember)
    response = RedirectResponse(started.url, status_code=302)
    response.headers["Cache-Control"] = "no-store"
    _set_cookie(response, settings, "browser", browser, SIGN_IN_LIFETIME)
    return response


class _Trouble(Exception):
    """The way back did not end in a visit; `kind` names the page that says so."""

    def __init__(self, kind: str, *, status: int) -> None:
        super().__init__(kind)
        self.kind = kind
        self.status = status


async def finish(request: Request) -> Response:
    """The portal sent the browser back."""
    settings: AgencySettings = request.app.state.settings
    at = datetime.now(UTC)
    begun = await run_in_threadpool(
        _take_sign_in,
        settings=settings,
        state=request.query_params.get("state", ""),
        browser=request.cookies.get(_cookie(settings, "browser"), ""),
        at=at,
    )
    if begun is None:
        # A second click on the way back: the first one has signed this browser in.
        if await run_in_threadpool(get_visit, request, at=at):
            return RedirectResponse("/record", status_code=303)
        return show_trouble(request, kind="stale", status=400)
    try:
        arrived = await _learn_subject(request, begun=begun, at=at)
    except _Trouble as trouble:
        return show_trouble(request, kind=trouble.kind, status=trouble.status)
    token = secrets.token_urlsafe(32)
    if not await run_in_threadpool(
        _begin_visit, settings=settings, token=token, arrived=arrived, at=at
    ):
        # Signed out at the portal while this sign-in was on its way.
        return show_trouble(request, kind="stale", status=400)
    response = RedirectResponse("/record", status_code=303)
    response.headers["Cache-Control"] = "no-store"
    _set_cookie(response, settings, "visit", token, VISIT_LIFETIME)
    return response


async def _learn_subject(request: Request, *, begun: sqlite3.Row, at: datetime) -> Arrived:
    """Who came back, proved by the portal. Raises _Trouble; the reason goes to the log alone."""
    issuer = request.app.state.settings.portal_issuer
    query = request.query_params
    # RFC 9207: an answer that names another issuer was meant for another exchange.
    if query.get("iss", issuer) != issuer:
        log.warning("sign_in_refused because=iss")
        raise _Trouble("refused", status=400)
    if "error" in query or "code" not in query:
        raise _Trouble("declined", status=400)
    try:
        arrived: Arrived = await run_in_threadpool(
            request.app.state.portal.finish_sign_in,
            code=query["code"],
            nonce=begun["nonce"],
            code_verifier=begun["code_verifier"],
            now=int(at.timestamp()),
        )
    except PortalUnreachable as error:
        log.warning("sign_in_not_finished because=%s", error)
        raise _Trouble("portal", status=503) from error
    except SecondFactorMissing as error:
        raise _Trouble("weak", status=403) from error
    except SignInRefused as error:
        log.warning("sign_in_refused because=%s", error)
        raise _Trouble("refused", status=400) from error
    return arrived


def _take_sign_in(
    *, settings: AgencySettings, state: str, browser: str, at: datetime
) -> sqlite3.Row | None:
    """What was remembered at the start, once, and only for the browser that started."""
    with register.open_register(settings.register_path) as connection:
        row = connection.execute(
            "DELETE FROM sign_in WHERE state_hash = ? AND browser_hash = ? AND expires_at > ?"
            " RETURNING nonce, code_verifier",
            (_hash(state), _hash(browser), int(at.timestamp())),
        ).fetchall()
    return row[0] if row else None


def _begin_visit(*, settings: AgencySettings, token: str, arrived: Arrived, at: datetime) -> bool:
    """False where the portal said meanwhile that this session is over."""
    now = int(at.timestamp())
    with register.open_register(settings.register_path) as connection:
        connection.execute("DELETE FROM visit WHERE expires_at < ?", (now,))
        too_late = connection.execute(
            "SELECT 1 FROM ended_session WHERE sid = ? AND ended_at >= ?",
            (arrived.sid, arrived.issued_at),
        ).fetchone()
        if too_late:
            return False
        # What the portal says at each sign-in is the newest: none means that nothing waits.
        connection.execute(
            "UPDATE link SET changes_wait_until = ? WHERE subject = ?",
            (arrived.changes_wait_until, arrived.subject),
        )
        connection.execute(
            "INSERT INTO visit VALUES (?, ?, ?, ?, ?, ?, ?)",
            (
                _hash(token),
                arrived.subject,
                secrets.token_urlsafe(24),
                now,
                int((at + VISIT_LIFETIME).timestamp()),
                arrived.sid,
                arrived.id_token,
            ),
        )
    return True


async def sign_out(request: Request) -> Response:
    """End this visit; the portal's own session is the portal's to end, and the next page asks."""
    settings: AgencySettings = request.app.state.settings
    visit = await run_in_threadpool(get_visit, request, at=datetime.now(UTC))
    response = RedirectResponse("/signed-out", status_code=303)
    response.headers["Cache-Control"] = "no-store"
    if visit is not None:
        form = parse_qs((await request.body())[:4096].decode("utf-8", "replace"))
        given = form.get("form_key", [""])[0]
        if not hmac.compare_digest(given.encode(), visit.form_key.encode()):
            return show_trouble(request, kind="stale", status=403)
        token = request.cookies[_cookie(settings, "visit")]

        def forget() -> str:
            with register.open_register(settings.register_path) as connection:
                rows = connection.execute(
                    "DELETE FROM visit WHERE token_hash = ? RETURNING id_token", (_hash(token),)
                ).fetchall()
            return rows[0]["id_token"] or "" if rows else ""

        id_token = await run_in_threadpool(forget)
        if id_token:
            _set_cookie(response, settings, "parting", id_token, PARTING_LIFETIME)
    response.delete_cookie(_cookie(settings, "visit"), path="/", secure=settings.is_https)
    return response


async def show_signed_out(request: Request) -> Response:
    """Where people land after signing out here, and again when they did so at the portal too."""
    settings: AgencySettings = request.app.state.settings
    name = _cookie(settings, "parting")
    id_token = request.cookies.get(name, "")
    # The portal brings `state` back: only for whom we sent there, the page says that it is done.
    state = _hash(id_token) if id_token else ""
    is_done = bool(state) and hmac.compare_digest(
        request.query_params.get("state", "").encode(), state.encode()
    )
    address = ""
    if id_token and not is_done:
        try:
            address = await run_in_threadpool(request.app.state.portal.find_end_of_session)
        except PortalUnreachable as error:
            log.warning("sign_out_not_offered because=%s", error)
    response = show_page(
        request,
        "signed-out.html",
        private=True,
        is_done=is_done,
        end_of_session=address,
        id_token=id_token,
        back=f"{settings.public_url}/signed-out",
        state=state,
    )
    if is_done:
        response.delete_cookie(name, path="/", secure=settings.is_https)
    return response


routes = [
    Route("/signin", start, methods=["GET"]),
    Route("/callback", finish, methods=["GET"]),
    Route("/signout", sign_out, methods=["POST"]),
    Route("/signed-out", show_signed_out, methods=["GET"]),
]
