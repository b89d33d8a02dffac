# SPDX-License-Identifier: Apache-2.0
"""The person's own side: ask why, see the clock, read the answer."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import get_language
from django.views.decorators.http import require_http_methods, require_safe

from satupintu.dealings.questions import actions, queries
from satupintu.dealings.questions.forms import AskForm
from satupintu.foundation.audit import queries as audit
from satupintu.foundation.errors import Refusal
from satupintu.trust.accounts.access import signed_in_al2
from satupintu.trust.agencies import queries as agencies


@dataclass(frozen=True)
class AskedLine:
    """The line of the log that a question is about, in plain words."""

    id: UUID
    who: str
    words: str
    at: datetime
    legal_basis: str
    can_ask: bool


@dataclass(frozen=True)
class OwnQuestion:
    """One question in the list of all that she asked."""

    card: queries.QuestionCard
    line: AskedLine


def _find_line(account_id: UUID, access_id: UUID, at: datetime) -> AskedLine | None:
    record = audit.get_line(account_id=account_id, access_id=access_id, at=at)
    if record is None:
        return None
    agency = agencies.describe_agency(slug=record.actor_agency)
    return AskedLine(
        id=record.id,
        who=agency.name if agency else "Satu Pintu",
        words=record.words_id if get_language() == "id" else record.words_en,
        at=record.at,
        legal_basis=record.legal_basis,
        can_ask=queries.is_askable(record.actor_kind),
    )


@signed_in_al2
@require_http_methods(["GET", "HEAD", "POST"])
def why(request: HttpRequest, access_id: UUID) -> HttpResponse:
    """One line's question. Until she asks, a form; from then on, what became of it."""
    account_id, now = request.user.pk, timezone.now()
    line = _find_line(account_id, access_id, now)  # type: ignore[arg-type]
    if line is None:
        raise Http404
    form = AskForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            actions.ask(
                account_id=account_id,  # type: ignore[arg-type]
                access_id=access_id,
                text=form.cleaned_data["text"],
                at=now,
            )
        except Refusal as refusal:
            form.add_error(None, str(refusal))
        else:
            return redirect("questions:why", access_id=access_id)
    question = queries.get_question(account_id=account_id, access_id=access_id, at=now)  # type: ignore[arg-type]
    context = {"line": line, "form": form, "question": question}
    status = 422 if form.errors else 200
    return render(request, "questions/why.html", context, status=status)


@signed_in_al2
@require_safe
def list_own(request: HttpRequest) -> HttpResponse:
    """All that she asked, newest first."""
    account_id, now = request.user.pk, timezone.now()
    asked = [
        OwnQuestion(card=card, line=line)
        for card in queries.list_questions(account_id=account_id, at=now)  # type: ignore[arg-type]
        if (line := _find_line(account_id, card.access_id, now)) is not None  # type: ignore[arg-type]
    ]
    return render(request, "questions/list.html", {"asked": asked})
