# SPDX-License-Identifier: Apache-2.0
"""Problem details for API errors (RFC 9457)."""

import json
from typing import Any

from django.http import HttpResponse

MEDIA_TYPE = "application/problem+json"


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
