# SPDX-License-Identifier: Apache-2.0
"""The portal tells that a person signed out there, and her visits here end.

OpenID Connect Back-Channel Logout 1.0, sections 2.5 to 2.8.
"""

import logging
from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qs

from joserfc import jws, jwt
from joserfc.errors import JoseError
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from . import register
from .problems import Problem
from .settings import AgencySettings
from .tokens import SKEW_SECONDS, PortalKeys

log = logging.getLogger("demo.agency")

EVENT = "http://schemas.openid.net/event/backchannel-logout"
LONGEST_FORM = 8192
# A sign-in that was on its way when its session ended arrives within this time, or never.
ENDED_KEPT_SECONDS = 3600


class LogoutRefused(Exception):
    """What came is no logout token for us. The reason is for the portal's developers."""


async def hear_sign_out(request: Request) -> Response:
    """Answers 200 once the visits are gone, 400 with a reason, or 503 to be told again."""
    form = parse_qs((await request.body())[:LONGEST_FORM].decode("utf-8", "replace"))
    try:
        await run_in_threadpool(
            end_visits,
            settings=request.app.state.settings,
            portal_keys=request.app.state.portal_keys,
            token=form.get("logout_token", [""])[0],
            at=datetime.now(UTC),
        )
    except LogoutRefused as refusal:
        log.warning("sign_out_refused because=%s", refusal)
        return JSONResponse(
            {"error": "invalid_request", "error_description": str(refusal)},
            status_code=400,
            headers={"Cache-Control": "no-store"},
        )
    except Problem as problem:
        return problem.to_response()
    return Response(status_code=200, headers={"Cache-Control": "no-store"})


def end_visits(
    *, settings: AgencySettings, portal_keys: PortalKeys, token: str, at: datetime
) -> None:
    """Raises LogoutRefused; or Problem 503 while the portal's keys cannot be read."""
    now = int(at.timestamp())
    claims = _read_claims(portal_keys=portal_keys, token=token)
    _check_claims(claims, settings=settings, now=now)
    with register.open_register(settings.register_path) as connection:
        fresh = connection.execute(
            "INSERT OR IGNORE INTO seen_token (jti, expires_at) VALUES (?, ?)",
            (claims["jti"], int(claims["exp"])),
        )
        if fresh.rowcount == 0:
            raise LogoutRefused("the token was used before")
        connection.execute(
            "DELETE FROM ended_session WHERE ended_at < ?", (now - ENDED_KEPT_SECONDS,)
        )
        connection.execute(
            "INSERT OR REPLACE INTO ended_session (sid, ended_at) VALUES (?, ?)",
            (claims["sid"], int(claims["iat"])),
        )
        ended = connection.execute("DELETE FROM visit WHERE sid = ?", (claims["sid"],))
        log.info("visits_ended count=%d", ended.rowcount)


def _read_claims(*, portal_keys: PortalKeys, token: str) -> dict[str, Any]:
    try:
        header = jws.extract_compact(token.encode()).headers()
        key = portal_keys.get_key(kid=str(header.get("kid", "")))
        if key is None:
            raise LogoutRefused("the token is signed with an unpublished key")
        # An ID token is signed with the same key; its type keeps the two apart (section 2.4).
        if header.get("typ") != "logout+jwt":
            raise LogoutRefused("the token is no logout+jwt")
        return dict(jwt.decode(token, key, algorithms=["ES256"]).claims)
    except (JoseError, ValueError, TypeError) as error:
        raise LogoutRefused("the token is not validly signed") from error


def _check_claims(claims: dict[str, Any], *, settings: AgencySettings, now: int) -> None:
    us, events = settings.client_id, claims.get("events")
    issued, expires = claims.get("iat"), claims.get("exp")
    checks = {
        "iss": claims.get("iss") == settings.portal_issuer,
        "aud": claims.get("aud") in (us, [us]),
        "iat": isinstance(issued, int) and issued <= now + SKEW_SECONDS,
        "exp": isinstance(expires, int) and now < expires + SKEW_SECONDS,
        "jti": isinstance(claims.get("jti"), str) and 1 <= len(claims["jti"]) <= 200,
        # We asked for it at registration (backchannel_logout_session_required).
        "sid": isinstance(claims.get("sid"), str) and bool(claims["sid"]),
        "events": isinstance(events, dict) and isinstance(events.get(EVENT), dict),
        "nonce": "nonce" not in claims,
    }
    wrong = [name for name, good in checks.items() if not good]
    if wrong:
        raise LogoutRefused(f"not acceptable: {', '.join(wrong)}")


routes = [Route("/backchannel-logout", hear_sign_out, methods=["POST"])]
