# SPDX-License-Identifier: Apache-2.0
"""Tell an agency that a record is joined to a subject, or no longer."""

from datetime import datetime
from urllib.parse import quote
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from satupintu.dealings.exchange.rules import Joined
from satupintu.foundation.errors import Refusal

from .call import AgencyAnswersNonsense, call_agency, read_answer


class RecordTaken(Refusal):
    code = "record_taken"
    message = _("This record cannot be joined to your account.")
    status = 409


class SubjectTaken(Refusal):
    code = "subject_taken"
    message = _("This agency has linked another record to your account already.")
    status = 409


class MatchExpired(Refusal):
    code = "match_expired"
    message = _("Too much time has passed since you entered the code.")
    status = 410


_REFUSALS: dict[tuple[int, str], type[Refusal]] = {
    (409, "record_taken"): RecordTaken,
    (409, "subject_taken"): SubjectTaken,
    (410, "match_expired"): MatchExpired,
}


def join_record(
    *, agency_slug: str, subject: str, match_id: str, link_id: UUID, at: datetime
) -> str:
    """Join, and answer the record's reference. Safe to repeat with the same `link_id`.

    `subject` must be the one of this agency's own sector. Raises RecordTaken, SubjectTaken or
    MatchExpired (the agency has joined nothing) or AgencyUnavailable (it may have).
    """
    answer = call_agency(
        agency_slug=agency_slug,
        method="PUT",
        path=f"/linking/links/{quote(subject, safe='')}",
        body={"match_id": match_id, "link_id": str(link_id)},
        at=at,
    )
    refusal = _REFUSALS.get((answer.status, answer.problem))
    if refusal is not None:
        raise refusal
    if answer.status not in {200, 201}:
        raise AgencyAnswersNonsense
    return read_answer(Joined, answer.body).record_ref


def release_record(*, agency_slug: str, subject: str, at: datetime) -> None:
    """Undo `join_record`; safe to repeat, and fine when nothing was joined.

    A suspended agency is told too: what it holds is the person's to end. Raises
    AgencyUnavailable.
    """
    answer = call_agency(
        agency_slug=agency_slug,
        method="DELETE",
        path=f"/linking/links/{quote(subject, safe='')}",
        at=at,
        suspended_too=True,
    )
    if answer.status != 204:
        raise AgencyAnswersNonsense
