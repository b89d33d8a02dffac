# SPDX-License-Identifier: Apache-2.0
"""Ask an agency to find a record, and whether a code fits one."""

import time
from datetime import datetime, timedelta

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from satupintu.dealings.exchange.rules import Enquiry, Match, Question, Questions, has_expired
from satupintu.foundation.errors import Refusal

from .call import AgencyAnswersNonsense, Answer, call_agency, read_answer

_remembered: dict[str, tuple[float, tuple[Question, ...]]] = {}


class NoMatch(Refusal):
    """The agency does not say why, so neither do we: wrong, used and expired look the same."""

    code = "no_match"
    message = _("This does not fit any record of this agency.")
    status = 404


class WayClosed(Refusal):
    """The agency has closed this way to one of its records after too many wrong tries."""

    code = "closed"
    message = _("This way is closed for a while.")
    status = 429

    def __init__(self, *, retry_after: timedelta | None) -> None:
        super().__init__()
        self.retry_after = retry_after


def ask_questions(*, agency_slug: str, at: datetime) -> tuple[Question, ...]:
    """The agency's own questions, at most a minute old. Raises AgencyUnavailable."""
    kept = _remembered.get(agency_slug)
    if kept is not None and time.monotonic() - kept[0] < 2 * settings.SNAPSHOT_SECONDS:
        return kept[1]
    answer = call_agency(agency_slug=agency_slug, method="GET", path="/linking/questions", at=at)
    if answer.status != 200:
        raise AgencyAnswersNonsense
    questions = read_answer(Questions, answer.body).questions
    _remembered[agency_slug] = (time.monotonic(), questions)
    return questions


def send_enquiry(
    *, agency_slug: str, answers: dict[str, str], language: str, at: datetime
) -> Enquiry:
    """Let the agency find one record by answers and send a code to the contact it holds.

    The answers prove nothing and are kept nowhere. Raises NoMatch, WayClosed, AgencyUnavailable.
    """
    answer = call_agency(
        agency_slug=agency_slug,
        method="POST",
        path="/linking/enquiries",
        body={"answers": answers, "language": language},
        at=at,
    )
    _refuse_a_miss(answer)
    if answer.status != 201:
        raise AgencyAnswersNonsense
    enquiry = read_answer(Enquiry, answer.body)
    if has_expired(enquiry.expires_at, at=at):
        raise AgencyAnswersNonsense
    return enquiry


def match_code(*, agency_slug: str, code: str, at: datetime) -> Match:
    """Ask whether a normalised code fits a record. Uses nothing up, joins nothing.

    Raises NoMatch, WayClosed, AgencyUnavailable.
    """
    answer = call_agency(
        agency_slug=agency_slug,
        method="POST",
        path="/linking/matches",
        body={"code": code},
        at=at,
    )
    _refuse_a_miss(answer)
    if answer.status != 200:
        raise AgencyAnswersNonsense
    return read_answer(Match, answer.body)


def _refuse_a_miss(answer: Answer) -> None:
    if (answer.status, answer.problem) == (404, "no_match"):
        raise NoMatch
    if (answer.status, answer.problem) == (429, "closed"):
        wait = None if answer.retry_after is None else timedelta(seconds=answer.retry_after)
        raise WayClosed(retry_after=wait)
