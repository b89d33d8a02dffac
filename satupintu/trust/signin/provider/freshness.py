# SPDX-License-Identifier: Apache-2.0
"""A mark in the address that comes back from a page of ours: what this request has seen already.

Without it, prompt=login would ask again for ever. It is signed and holds for exactly this
request, so nobody can carry it into another one.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from django.core import signing

PARAMETER = "asked"
_SALT = "signin.asked"
_VALID_SECONDS = 3600


@dataclass(frozen=True)
class Mark:
    """When the person was sent to a page of ours, and whether she chose the account there."""

    at: datetime
    has_chosen: bool


def mark_request(
    params: Mapping[str, str], *, at: datetime, has_chosen: bool = False
) -> dict[str, str]:
    """The same request with the mark in it."""
    content = [at.timestamp(), has_chosen, _digest(params)]
    return dict(params) | {PARAMETER: signing.dumps(content, salt=_SALT)}


def read_mark(params: Mapping[str, str]) -> Mark | None:
    """None without a mark that is this request's own."""
    if PARAMETER not in params:
        return None
    try:
        moment, has_chosen, digest = signing.loads(
            params[PARAMETER], salt=_SALT, max_age=_VALID_SECONDS
        )
    except (signing.BadSignature, ValueError, TypeError):
        return None
    if digest != _digest(params):
        return None
    return Mark(at=datetime.fromtimestamp(moment, tz=UTC), has_chosen=has_chosen)


def _digest(params: Mapping[str, str]) -> str:
    meant = sorted((name, value) for name, value in params.items() if name != PARAMETER)
    return hashlib.sha256(repr(meant).encode()).hexdigest()
