# SPDX-License-Identifier: Apache-2.0
"""What every answer of an agency tells the browser about safety."""

from typing import Any

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from .settings import AgencySettings


class SecurityHeaders:
    """Adds the headers; an endpoint that set one itself keeps its own."""

    def __init__(self, app: ASGIApp, *, settings: AgencySettings) -> None:
        self.app = app
        policy = (
            "default-src 'none'; style-src 'self'; img-src 'self'; font-src 'self';"
            # To the portal: whoever signs out here may sign out there too.
            f" form-action 'self' {settings.portal_issuer};"
            " base-uri 'none'; frame-ancestors 'none'"
        )
        self.headers = [
            (b"content-security-policy", policy.encode()),
            (b"x-content-type-options", b"nosniff"),
            (b"referrer-policy", b"no-referrer"),
            (b"permissions-policy", b"camera=(), geolocation=(), microphone=(), payment=()"),
            (b"cross-origin-opener-policy", b"same-origin"),
            (b"cross-origin-resource-policy", b"same-origin"),
        ]
        if settings.is_https:
            self.headers.append((b"strict-transport-security", b"max-age=31536000"))

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                given: list[Any] = list(message.get("headers", []))
                names = {name for name, _ in given}
                message["headers"] = given + [h for h in self.headers if h[0] not in names]
            await send(message)

        await self.app(scope, receive, send_with_headers)
