# SPDX-License-Identifier: Apache-2.0
"""Where questions about the access log stand."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Count

from satupintu.foundation.audit import queries as audit

from .models import Question
from .rules import State, can_ask, judge_state

SHOWN_AT_ONCE = 50


@dataclass(frozen=True)
class QuestionCard:
    """One question, as its person sees it."""

    id: UUID
    access_id: UUID
    agency: str
    for_staff: bool
    text: str
    asked_at: datetime
    due_at: datetime
    is_told: bool
    answered_at: datetime | None
    answer: str
    answer_language: str
    state: State


@dataclass(frozen=True)
class AskedLine:
    """What a line says, as far as whoever is asked may know: it is her own reading."""

    at: datetime
    what: str
    purpose_code: str
    words_id: str
    words_en: str
    legal_basis: str


@dataclass(frozen=True)
class OpenQuestion:
    """A question that waits for its answer, with the line it is about."""

    account_id: UUID
    id: UUID
    agency: str
    text: str
    asked_at: datetime
    due_at: datetime
    is_overdue: bool
    line: AskedLine


def get_question(*, account_id: UUID, access_id: UUID, at: datetime) -> QuestionCard | None:
    """What this person asked about this line, if she did."""
    row = Question.objects.filter(account_id=account_id, access_id=access_id).first()
    return _describe(row, at) if row else None


def list_questions(*, account_id: UUID, at: datetime) -> list[QuestionCard]:
    """All that this person asked, newest first."""
    rows = Question.objects.filter(account_id=account_id).order_by("-id")
    return [_describe(row, at) for row in rows]


def list_states(
    *, account_id: UUID, access_ids: Iterable[UUID], at: datetime
) -> dict[UUID, QuestionCard]:
    """Those of these lines that were asked about; one statement."""
    rows = Question.objects.filter(account_id=account_id, access_id__in=list(access_ids))
    return {row.access_id: _describe(row, at) for row in rows}


def is_askable(actor_kind: str) -> bool:
    """Whether a line of such an actor can be asked about."""
    return can_ask(actor_kind)


def list_open(*, agency: str, for_staff: bool, at: datetime) -> list[OpenQuestion]:
    """What waits for this agency's programs or, `for_staff`, for staff; the most urgent first, at
    most `SHOWN_AT_ONCE`. A line that was erased meanwhile takes its question with it."""
    rows = list(
        Question.objects.filter(agency=agency, for_staff=for_staff, answered_at=None).order_by(
            "due_at", "id"
        )[:SHOWN_AT_ONCE]
    )
    return [found for row in rows if (found := _open(row, at)) is not None]


def count_overdue(*, at: datetime) -> dict[str, int]:
    """How many questions each agency owes an answer to, by slug; nobody is named."""
    late = Question.objects.filter(answered_at=None, for_staff=False, due_at__lte=at)
    counted = late.order_by().values("agency").annotate(late=Count("id"))
    return {row["agency"]: row["late"] for row in counted}


def get_open(*, account_id: UUID, question_id: UUID, at: datetime) -> OpenQuestion | None:
    """One that waits; None when it was answered, or its line is gone."""
    row = Question.objects.filter(account_id=account_id, id=question_id, answered_at=None).first()
    return _open(row, at) if row else None


def get_open_for_staff(*, agency: str, question_id: UUID, at: datetime) -> OpenQuestion | None:
    """One that waits for staff of this agency (empty: of the portal)."""
    row = Question.objects.filter(
        agency=agency, for_staff=True, id=question_id, answered_at=None
    ).first()
    return _open(row, at) if row else None


def _open(row: Question, at: datetime) -> OpenQuestion | None:
    line = audit.get_line(account_id=row.account_id, access_id=row.access_id, at=at)
    if line is None:
        return None
    return OpenQuestion(
        account_id=row.account_id,
        id=row.id,
        agency=row.agency,
        text=row.text,
        asked_at=row.asked_at,
        due_at=row.due_at,
        is_overdue=judge_state(due_at=row.due_at, answered_at=None, at=at) == "overdue",
        line=AskedLine(
            at=line.at,
            what=line.what,
            purpose_code=line.purpose_code,
            words_id=line.words_id,
            words_en=line.words_en,
            legal_basis=line.legal_basis,
        ),
    )


def _describe(row: Question, at: datetime) -> QuestionCard:
    return QuestionCard(
        id=row.id,
        access_id=row.access_id,
        agency=row.agency,
        for_staff=row.for_staff,
        text=row.text,
        asked_at=row.asked_at,
        due_at=row.due_at,
        is_told=row.told_at is not None,
        answered_at=row.answered_at,
        answer=row.answer,
        answer_language=row.answer_language,
        state=judge_state(due_at=row.due_at, answered_at=row.answered_at, at=at),
    )
