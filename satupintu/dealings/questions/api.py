# SPDX-License-Identifier: Apache-2.0
"""What people ask an agency about their access log: `/api/v1/access-questions`."""

from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from django.http import HttpRequest
from django.utils import timezone
from ninja import Field, Router, Schema
from pydantic import ConfigDict

from satupintu.dealings.exchange.access import EVERYWHERE, AgencyToken
from satupintu.foundation.problems import describe_problem

from . import actions
from .rules import LONGEST_ANSWER

router = Router(tags=["access questions"], auth=AgencyToken(scope="questions:answer"))


class AskedAccess(Schema):
    """The line of the log, as your own reading left it."""

    at: datetime
    what: str
    purpose_code: str
    words_id: str
    words_en: str
    legal_basis: str


class OpenQuestion(Schema):
    """A question that waits for your answer."""

    question_id: UUID
    subject: str = Field(description="Your own name for the person, as in a sign-in.")
    text: str = Field(description="What the person added; often empty. Plain text.")
    asked_at: datetime
    answer_by: datetime = Field(description="From then on the person sees that you are late.")
    access: AskedAccess


class OpenQuestions(Schema):
    """The most urgent first, at most 50: answer these, and the next ones come."""

    questions: list[OpenQuestion]


class NewAnswer(Schema):
    """Plain text. The person sees it as it stands."""

    model_config = ConfigDict(extra="forbid")

    text: str = Field(
        min_length=1,
        max_length=LONGEST_ANSWER,
        description="Newlines are kept; markup is not read. No control characters, no names of"
        " staff.",
        examples=["Kami memerlukan alamat Anda untuk mengirim surat ketetapan pajak 2026."],
    )
    language: Literal["id", "en"]


class AnswerKept(Schema):
    """The person has it, and is told by e-mail that an answer is there."""

    question_id: UUID
    answered: Literal[True] = True


LIST_QUESTIONS: dict[str, Any] = {"responses": {**EVERYWHERE}}
ANSWER_QUESTION: dict[str, Any] = {
    "responses": {
        400: describe_problem("The body can't be read."),
        404: describe_problem("`unknown_question`: no question with this id was put to you."),
        409: describe_problem("`answered_already`: you gave another answer before."),
        413: describe_problem("The body is too large."),
        422: describe_problem("The body is not as described, or `text_not_plain`."),
        **EVERYWHERE,
    }
}


@router.get(
    "",
    operation_id="listAccessQuestions",
    summary="List what people ask you about their access log",
    response={200: OpenQuestions},
    openapi_extra=LIST_QUESTIONS,
)
def list_questions(request: HttpRequest) -> dict[str, Any]:
    """Every question comes to your own API as well; this list is for what you missed."""
    bearer = request.auth  # type: ignore[attr-defined]
    found = actions.list_for_agency(
        agency=bearer.agency_slug, sector=bearer.sector, at=timezone.now()
    )
    return {"questions": found}


@router.put(
    "/{uuid:question_id}/answer",
    operation_id="answerAccessQuestion",
    summary="Answer a question, once",
    response={200: AnswerKept},
    openapi_extra=ANSWER_QUESTION,
)
def answer_question(request: HttpRequest, question_id: UUID, answer: NewAnswer) -> dict[str, Any]:
    """The same answer again changes nothing. A late answer is taken, and stays marked as late."""
    bearer = request.auth  # type: ignore[attr-defined]
    actions.answer_as_agency(
        agency=bearer.agency_slug,
        question_id=question_id,
        text=answer.text,
        language=answer.language,
        at=timezone.now(),
    )
    return {"question_id": question_id}
