# SPDX-License-Identifier: Apache-2.0
"""A mark in the address that comes back from sign-in: when this request asked for a fresh one.

Without it, prompt=login would ask again for ever. It is signed and holds for exactly this
request, so nobody can carry it into another one.
"""

import hashlib
from collections.abc import Mapping
from datetime import UTC, datetime

from django.core import signing

PARAMETER = "asked"
_SALT = "signin.asked"
_VALID_SECONDS = 3600


def mark_request(params: Mapping[str, str], *, at: datetime) -> dict[str, str]:
    """The same request with the mark in it."""
    mark = signing.dumps([at.timestamp(), _digest(params)], salt=_SALT)
    return dict(params) | {PARAMETER: mark}


def read_mark(params: Mapping[str, str]) -> datetime | None:
    """When the request was marked; None without a mark that is its own."""
    if PARAMETER not in params:
        return None
    try:
        moment, digest = signing.loads(params[PARAMETER], salt=_SALT, max_age=_VALID_SECONDS)
    except (signing.BadSignature, ValueError, TypeError):
        return None
    return datetime.fromtimestamp(moment, tz=UTC) if digest == _digest(params) else None


def _digest(params: Mapping[str, str]) -> str:
    meant = sorted((name, value) for name, value in params.items() if name != PARAMETER)
    return hashlib.sha256(repr(meant).encode()).hexdigest()
