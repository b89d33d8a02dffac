# SPDX-License-Identifier: Apache-2.0
from uuid import UUID

from django.http import HttpRequest

from . import queries


def count_unread(request: HttpRequest) -> int:
    """The badge in the navigation. A number is all that one factor may see (safety rule 2)."""
    known = getattr(request, "_inbox_waiting", None)
    account_id: UUID = request.user.pk  # type: ignore[assignment]
    return known.count if known else queries.count_unread(account_id=account_id)
