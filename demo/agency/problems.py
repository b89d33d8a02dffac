# SPDX-License-Identifier: Apache-2.0
"""Problem details (RFC 9457) as the published contract names them."""

from typing import Any

from starlette.responses import JSONResponse


class Problem(Exception):
    """An expected "no" of the API. Carries no person's data: answers end up in logs."""

    def __init__(
        self,
        *,
        status: int,
        code: str,
        title: str,
        detail: str = "",
        headers: dict[str, str] | None = None,
        **extensions: Any,
    ) -> None:
        super().__init__(code)
        self.status = status
        self.code = code
        self.headers = headers
        self.body: dict[str, Any] = {
            "type": f"urn:satupintu:problem:{code}",
            "title": title,
            "status": status,
        }
        if detail:
            self.body["detail"] = detail
        self.body |= extensions

    def to_response(self) -> JSONResponse:
        return JSONResponse(
            self.body,
            status_code=self.status,
            headers={"Cache-Control": "no-store", **(self.headers or {})},
            media_type="application/problem+json",
        )


def no_match() -> Problem:
    """Every miss looks like this one, whatever was wrong."""
    return Problem(
        status=404,
        code="no_match",
        title="Nothing fits.",
        detail="No record fits what was sent. The answer is the same whatever did not fit.",
    )
