# SPDX-License-Identifier: Apache-2.0
"""What the shell of every page says about the time that is left (safety rule 7)."""

from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone

from satupintu.design.shell import TimeLimit
from satupintu.trust.rulebook import queries as rulebook

from . import queries


def read_time_limit(request: HttpRequest) -> TimeLimit | None:
    """Until when this browser may see what is personal; None where it may not anyway."""
    at = timezone.now()
    end = queries.get_proof_end(session=request.session, at=at)
    if end is None:
        return None
    return TimeLimit(
        ends_at=end.at,
        seconds_left=int((end.at - at).total_seconds()),
        warning_seconds=int(rulebook.get_duration("session.al2_warning", at=at).total_seconds()),
        can_extend=end.can_extend,
        extend_href=reverse("accounts:stay"),
    )
