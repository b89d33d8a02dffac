# SPDX-License-Identifier: Apache-2.0
"""Tell an agency that a person froze what joins her to it, or took it back."""

from datetime import datetime
from typing import Literal
from urllib.parse import quote
from uuid import UUID

from satupintu.dealings.exchange.rules import StandingHeard

from .call import AgencyAnswersNonsense, call_agency, read_answer


def tell_standing(
    *,
    agency_slug: str,
    subject: str,
    link_id: UUID,
    standing: Literal["frozen", "open"],
    changed_at: datetime,
    at: datetime,
) -> None:
    """The agency has acknowledged how this link stands since `changed_at`.

    Safe to repeat, and to arrive late: the agency keeps the newest. An agency that no longer
    holds the link has nothing to freeze, which is as good. A suspended one is told too. Raises
    AgencyUnavailable; then call again.
    """
    answer = call_agency(
        agency_slug=agency_slug,
        method="PUT",
        path=f"/linking/links/{quote(subject, safe='')}/standing",
        body={
            "link_id": str(link_id),
            "standing": standing,
            "changed_at": changed_at.isoformat(),
        },
        at=at,
        suspended_too=True,
    )
    if (answer.status, answer.problem) == (404, "unknown_link"):
        return
    if answer.status != 200:
        raise AgencyAnswersNonsense
    read_answer(StandingHeard, answer.body)
