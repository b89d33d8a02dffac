# SPDX-License-Identifier: Apache-2.0
"""Problem details for API errors (RFC 9457)."""

import json
from typing import Any

from django.http import HttpResponse

MEDIA_TYPE = "application/problem+json"
SCHEMA = {"$ref": "#/components/schemas/Problem"}


def problem(
    *, status: int, code: str, title: str, detail: str = "", **extensions: Any
) -> HttpResponse:
    """An error answer whose `type` is a stable URN and whose `detail` says what to change.

    Never put a person's data in it: answers end up in agencies' logs.
    """
    body = {"type": f"urn:satupintu:problem:{code}", "title": title, "status": status}
    if detail:
        body["detail"] = detail
    body |= extensions
    return HttpResponse(json.dumps(body), status=status, content_type=MEDIA_TYPE)


def describe_problem(description: str, **headers: str) -> dict[str, Any]:
    """What OpenAPI says of an answer that is a problem; `headers` by name, with _ for -."""
    response: dict[str, Any] = {
        "description": description,
        "content": {MEDIA_TYPE: {"schema": SCHEMA}},
    }
    if headers:
        response["headers"] = {
            name.replace("_", "-"): {"description": words, "schema": {"type": "string"}}
            for name, words in headers.items()
        }
    return response
