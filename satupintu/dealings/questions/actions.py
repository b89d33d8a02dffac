# SPDX-License-Identifier: Apache-2.0
"""Ask why a line stands in one's access log, and answer."""

from dataclasses import asdict
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from satupintu.dealings.exchange import actions as exchange
from satupintu.foundation.audit import actions as audit
from satupintu.foundation.audit import queries as audit_queries
from satupintu.foundation.calls import forbid_transaction
from satupintu.foundation.errors import Refusal
from satupintu.foundation.outbox import actions as outbox
from satupintu.trust.agencies import queries as agencies
from satupintu.trust.rulebook import queries as rulebook
from satupintu.trust.signin import actions as signin
from satupintu.trust.staff import actions as staff

from . import queries
from .models import Question
from .rules import LONGEST_ANSWER, LONGEST_QUESTION, can_ask, clean_text, is_for_staff


class UnknownLine(Refusal):
    code = "unknown_line"
    message = _("There is no such line in your log.")
    status = 404


class NobodyToAsk(Refusal):
    code = "nobody_to_ask"
    message = _("This line is about a person who helps you. Please ask that person directly.")
    status = 409


class TooManyOpen(Refusal):
    code = "too_many_open_questions"
    message = _("You have asked many questions that are still open. Please wait for some answers.")
    status = 429


class TextNotPlain(Refusal):
    code = "text_not_plain"
    message = _("Write plain words, and not too many of them.")


class UnknownQuestion(Refusal):
    code = "unknown_question"
    message = _("No question with this id was put to you.")
    status = 404


class AnsweredAlready(Refusal):
    code = "answered_already"
    message = _("This question has another answer already.")
    status = 409


def ask(*, account_id: UUID, access_id: UUID, text: str, at: datetime) -> UUID:
    """Put one question about one line; the clock begins now (rulebook, `questions.answer_within`).

    A line is asked about once: asking again answers the first question's id and changes nothing.
    Raises UnknownLine (sealed lines too), NobodyToAsk, TextNotPlain or TooManyOpen.
    """
    line = audit_queries.get_line(account_id=account_id, access_id=access_id, at=at)
    if line is None:
        raise UnknownLine
    if not can_ask(line.actor_kind):
        raise NobodyToAsk
    kept = _clean(text, longest=LONGEST_QUESTION)
    asked = Question.objects.filter(account_id=account_id, access_id=access_id).first()
    if asked is not None:
        return asked.id
    most = rulebook.get_integer("questions.open_at_once", at=at)
    if Question.objects.filter(account_id=account_id, answered_at=None).count() >= most:
        raise TooManyOpen
    agency = line.actor_agency
    within = rulebook.get_duration("questions.answer_within", agency=agency, at=at)
    question = Question(
        account_id=account_id,
        access_id=access_id,
        agency=agency,
        for_staff=is_for_staff(line.actor_kind),
        text=kept,
        asked_at=at,
        due_at=at + within,
    )
    try:
        with transaction.atomic():
            question.save(force_insert=True)
            outbox.publish("questions.question_asked", _ids(question), at=at)
    except IntegrityError:
        # The constraint, not the look before, decides: two tabs can race.
        return Question.objects.get(account_id=account_id, access_id=access_id).id
    return question.id


def tell_agency(*, account_id: UUID, question_id: UUID, at: datetime) -> None:
    """Hand a question to the agency, again and again until it has taken it. Never inside a
    transaction. Nothing happens where it was taken or answered, or is for staff.

    Raises AgencyUnavailable or AgencyTakesNoPart; then call again later.
    """
    forbid_transaction()
    row = Question.objects.filter(
        account_id=account_id, id=question_id, told_at=None, for_staff=False
    ).first()
    waiting = queries.get_open(account_id=account_id, question_id=question_id, at=at)
    agency = None if row is None else agencies.describe_agency(slug=row.agency)
    if row is None or waiting is None or agency is None:
        return
    exchange.send_access_question(
        agency_slug=row.agency,
        question_id=row.id,
        subject=signin.ensure_subject(account_id=account_id, sector=agency.sector, at=at),
        text=row.text,
        asked_at=row.asked_at,
        answer_by=row.due_at,
        access=exchange.AskedAccess(**asdict(waiting.line)),
        at=at,
    )
    Question.objects.filter(account_id=account_id, id=question_id, told_at=None).update(told_at=at)


def list_untold(*, at: datetime, older_than: timedelta, at_most: int) -> list[tuple[UUID, UUID]]:
    """Questions that an agency has not taken so long after they were put: account and id. A
    suspended agency is not asked; it is when it takes part again."""
    rows = Question.objects.filter(
        agency__in=[agency.slug for agency in agencies.list_agencies()],
        for_staff=False,
        answered_at=None,
        told_at=None,
        asked_at__lte=at - older_than,
    ).order_by("due_at")
    return list(rows.values_list("account_id", "id")[:at_most])


def list_for_agency(*, agency: str, sector: str, at: datetime) -> list[dict[str, Any]]:
    """What waits for this agency's answer, as the API says it: by the sector's own subject."""
    return [
        {
            "question_id": one.id,
            "subject": signin.ensure_subject(account_id=one.account_id, sector=sector, at=at),
            "text": one.text,
            "asked_at": one.asked_at,
            "answer_by": one.due_at,
            "access": asdict(one.line),
        }
        for one in queries.list_open(agency=agency, for_staff=False, at=at)
    ]


def answer_as_agency(
    *, agency: str, question_id: UUID, text: str, language: str, at: datetime
) -> bool:
    """Keep an agency's answer, once; True when it is new. The same answer again changes nothing.

    Raises UnknownQuestion for one that was not put to this agency, TextNotPlain or
    AnsweredAlready. A late answer is taken, and stays late.
    """
    kept = _clean(text, longest=LONGEST_ANSWER)
    asked = {"agency": agency, "for_staff": False, "id": question_id}
    return _answer(asked, kept, language, at=at)[1]


@transaction.atomic
def answer_as_staff(
    *,
    question_id: UUID,
    agency: str,
    text: str,
    language: str,
    by: UUID,
    at: datetime,
) -> None:
    """Answer a question that was put to staff of `agency` (empty: of the portal). That somebody read
    it and answered stands in the person's log, by role.

    Raises UnknownQuestion, TextNotPlain, AnsweredAlready or what staff are refused.
    """
    kept = _clean(text, longest=LONGEST_ANSWER)
    row, is_new = _answer(
        {"agency": agency, "for_staff": True, "id": question_id}, kept, language, at=at
    )
    if is_new:
        staff.record_act(
            account_id=row.account_id,
            by=by,
            what="question about the access log",
            purpose_code="question",
            words=audit.Words(
                id="membaca pertanyaan Anda tentang catatan akses, untuk menjawabnya",
                en="read your question about the access log, to answer it",
            ),
            legal_basis="UU 27/2022, Pasal 5",
            at=at,
        )


@transaction.atomic
def _answer(
    asked: dict[str, Any], text: str, language: str, *, at: datetime
) -> tuple[Question, bool]:
    """The question, and whether this answer is new."""
    if not text:
        raise TextNotPlain
    row = Question.objects.select_for_update().filter(**asked).first()
    if row is None:
        raise UnknownQuestion
    if row.answered_at is not None:
        if (row.answer, row.answer_language) == (text, language):
            return row, False
        raise AnsweredAlready
    Question.objects.filter(account_id=row.account_id, id=row.id).update(
        answered_at=at, answer=text, answer_language=language
    )
    outbox.publish("questions.question_answered", _ids(row), at=at)
    return row, True


def _clean(text: str, *, longest: int) -> str:
    try:
        return clean_text(text, longest=longest)
    except ValueError as error:
        raise TextNotPlain from error


def _ids(question: Question) -> dict[str, str]:
    return {"account_id": str(question.account_id), "question_id": str(question.id)}
