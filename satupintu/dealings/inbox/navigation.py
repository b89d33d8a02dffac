# SPDX-License-Identifier: Apache-2.0
from django.http import HttpRequest

from . import queries


def count_unread(request: HttpRequest) -> int:
    """The badge in the navigation. A number is all that one factor may see (safety rule 2)."""
    known = getattr(request, "_inbox_waiting", None)
    return known.count if known else queries.count_unread(account_id=request.user.pk)
