# SPDX-License-Identifier: Apache-2.0
"""Have an agency tell the owner of a record, through the contact that the agency holds."""

from datetime import datetime
from uuid import UUID

from satupintu.dealings.exchange.rules import NoticeTaken, SentTo

from .call import AgencyAnswersNonsense, call_agency, read_answer


def send_notice(
    *,
    agency_slug: str,
    notice_id: UUID,
    record_ref: str,
    kind: str,
    pause_code: str,
    at: datetime,
    changes_wait_until: datetime | None = None,
) -> SentTo | None:
    """The agency has taken the notice and tells the contact it holds; answers which, masked.

    Safe to repeat with the same `notice_id`. None: the agency no longer has this record, and
    nobody is there to tell. A suspended agency is asked too: a warning is the owner's, not its.
    `changes_wait_until`: the link is provisional until then (safety rule 9).
    Raises AgencyUnavailable; then call again.
    """
    waits = {"changes_wait_until": changes_wait_until.isoformat()} if changes_wait_until else {}
    answer = call_agency(
        agency_slug=agency_slug,
        method="POST",
        path="/linking/notices",
        body={
            "notice_id": str(notice_id),
            "record_ref": record_ref,
            "kind": kind,
            "pause_code": pause_code,
            **waits,
        },
        at=at,
        suspended_too=True,
    )
    if (answer.status, answer.problem) == (404, "unknown_record"):
        return None
    if answer.status not in {200, 201}:
        raise AgencyAnswersNonsense
    return read_answer(NoticeTaken, answer.body).sent_to
