# SPDX-License-Identifier: Apache-2.0
from datetime import timedelta
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from satupintu.dealings.exchange import actions as exchange
from satupintu.dealings.linking import actions, queries
from satupintu.dealings.linking.forms import AnswersForm, CodeForm
from satupintu.dealings.linking.rules import Route, Step
from satupintu.trust.accounts import queries as accounts
from satupintu.trust.accounts.access import signed_in_al2
from satupintu.trust.agencies.queries import AgencyCard

from .ways import get_account_id, of_an_agency, show

FEW_TRIES = 2


@signed_in_al2
@require_safe
@of_an_agency
def start(request: HttpRequest, agency: AgencyCard) -> HttpResponse:
    """Choose a way; one that is used up is named as such."""
    where = _where(request, agency)
    link = queries.get_link(account_id=where["account_id"], agency_slug=agency.slug)
    if link is not None:
        return redirect("linking:agency", slug=agency.slug)
    return show(request, "start", agency, open_routes=queries.list_open_routes(**where))


@signed_in_al2
@require_http_methods(["GET", "HEAD", "POST"])
@of_an_agency
def enter_code(request: HttpRequest, agency: AgencyCard) -> HttpResponse:
    where = _where(request, agency)
    _refuse_if_linked(where)
    attempt = queries.get_attempt(
        account_id=where["account_id"], agency_slug=agency.slug, at=where["at"]
    )
    step = Step.SENT_CODE if attempt is not None and attempt.sent_masked else Step.LETTER_CODE
    if request.method != "POST" and queries.count_tries_left(step=step, **where) <= 0:
        raise actions.RouteClosed(route=step.route, opens_in=_longest_wait(where))
    form = CodeForm(request.POST if request.method == "POST" else None)
    status = 422
    if form.is_valid():
        try:
            actions.enter_code(code=form.cleaned_data["code"], **where)
        except actions.CodeFitsNothing as refusal:
            form.add_error("code", _with_tries_left(str(refusal), refusal.tries_left))
        except actions.CodeIsNotWhole as refusal:
            form.add_error("code", str(refusal))
        except exchange.AgencyUnavailable as refusal:
            form.add_error(None, str(refusal))
            form.add_error(
                None,
                _(
                    "Your code has not been checked or used up. It still stands here; try again later."
                ),
            )
            status = refusal.status
        else:
            return redirect("linking:review", slug=agency.slug)
    return show(
        request,
        "code",
        agency,
        form=form,
        attempt=attempt,
        status=status if form.is_bound else 200,
    )


@signed_in_al2
@require_http_methods(["GET", "HEAD", "POST"])
@of_an_agency
def answer_questions(request: HttpRequest, agency: AgencyCard) -> HttpResponse:
    where = _where(request, agency)
    _refuse_if_linked(where)
    if Route.QUESTIONS not in queries.list_open_routes(**where):
        raise actions.RouteClosed(route=Route.QUESTIONS, opens_in=_longest_wait(where))
    try:
        questions = exchange.ask_questions(agency_slug=agency.slug, at=where["at"])
    except exchange.AgencyUnavailable as refusal:
        return show(request, "silent", agency, refusal=refusal, status=refusal.status)
    language = get_language() or "id"
    form = AnswersForm(
        request.POST if request.method == "POST" else None, questions=questions, language=language
    )
    status = 422
    if form.is_valid():
        try:
            actions.send_enquiry(answers=form.get_answers(), language=language, **where)
        except actions.AnswersFitNothing as refusal:
            form.add_error(None, _with_tries_left(str(refusal), refusal.tries_left))
        except exchange.AgencyUnavailable as refusal:
            form.add_error(None, str(refusal))
            form.add_error(None, _("What you typed is still here."))
            status = refusal.status
        else:
            return redirect("linking:code", slug=agency.slug)
    return show(request, "questions", agency, form=form, status=status if form.is_bound else 200)


def _where(request: HttpRequest, agency: AgencyCard) -> dict[str, Any]:
    """Who tries, on which device, at which agency, when."""
    return {
        "account_id": get_account_id(request),
        "device_key": accounts.device_key(request),
        "agency_slug": agency.slug,
        "at": timezone.now(),
    }


def _refuse_if_linked(where: dict[str, Any]) -> None:
    """Nobody is asked for a code or for answers that could link nothing."""
    link = queries.get_link(account_id=where["account_id"], agency_slug=where["agency_slug"])
    if link is not None:
        raise actions.AlreadyLinked


def _longest_wait(where: dict[str, Any]) -> timedelta:
    return queries.get_longest_wait(agency_slug=where["agency_slug"], at=where["at"])


def _with_tries_left(words: str, tries_left: int) -> str:
    if tries_left > FEW_TRIES:
        return words
    left = ngettext(
        "You have %(count)d try left on this way.",
        "You have %(count)d tries left on this way.",
        tries_left,
    ) % {"count": tries_left}
    return f"{words} {left}"
