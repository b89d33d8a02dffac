# SPDX-License-Identifier: Apache-2.0
"""Hand an agency what a person asks about a line of her access log."""

from dataclasses import asdict, dataclass
from datetime import datetime
from uuid import UUID

from .call import AgencyAnswersNonsense, call_agency


@dataclass(frozen=True)
class AskedAccess:
    """The line, in the words that the agency's own reading left in the log."""

    at: datetime
    what: str
    purpose_code: str
    words_id: str
    words_en: str
    legal_basis: str


def send_access_question(
    *,
    agency_slug: str,
    question_id: UUID,
    subject: str,
    text: str,
    asked_at: datetime,
    answer_by: datetime,
    access: AskedAccess,
    at: datetime,
) -> None:
    """The agency has taken the question, and answers by the portal's API until `answer_by`.

    `subject` must be the one of this agency's own sector. Safe to repeat with the same
    `question_id`. Raises AgencyTakesNoPart, or AgencyUnavailable; then call again.
    """
    answer = call_agency(
        agency_slug=agency_slug,
        method="POST",
        path="/access-questions",
        body={
            "question_id": str(question_id),
            "subject": subject,
            "text": text,
            "asked_at": asked_at.isoformat(),
            "answer_by": answer_by.isoformat(),
            "access": asdict(access) | {"at": access.at.isoformat()},
        },
        at=at,
    )
    if answer.status != 204:
        raise AgencyAnswersNonsense
