# SPDX-License-Identifier: Apache-2.0
"""The staff's side: what people ask about what staff here did."""

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from satupintu.dealings.questions import actions, queries
from satupintu.dealings.questions.forms import AnswerForm
from satupintu.foundation.errors import Refusal
from satupintu.trust.agencies import queries as agencies
from satupintu.trust.staff.access import StaffRequest, show_to_staff, staff_may


@staff_may("questions.answer")
@require_safe
def list_for_staff(request: StaffRequest) -> HttpResponse:
    """Own agency's questions; a steward sees the portal's, and which agency is late with how many."""
    own, now = request.staff.agency_slug, timezone.now()
    late = [] if own else sorted(queries.count_overdue(at=now).items())
    context = {
        "waiting": queries.list_open(agency=own, for_staff=True, at=now),
        "late": [(_name(slug), count) for slug, count in late],
        "sees_agencies": not own,
    }
    return show_to_staff(request, "questions/staff_list.html", context)


@staff_may("questions.answer")
@require_http_methods(["GET", "HEAD", "POST"])
def answer(request: StaffRequest, question_id: UUID) -> HttpResponse:
    """One question. Whose it is stands nowhere on the page."""
    own, now = request.staff.agency_slug, timezone.now()
    question = queries.get_open_for_staff(agency=own, question_id=question_id, at=now)
    if question is None:
        raise Http404
    form = AnswerForm(
        request.POST if request.method == "POST" else None, initial={"language": get_language()}
    )
    if request.method == "POST" and form.is_valid():
        try:
            actions.answer_as_staff(
                question_id=question_id,
                agency=own,
                text=form.cleaned_data["answer"],
                language=form.cleaned_data["language"],
                by=request.staff.member_id,
                at=now,
            )
        except Refusal as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("The person has your answer."))
            return redirect("questions:staff_list")
    context = {"question": question, "form": form}
    status = 422 if form.errors else 200
    return show_to_staff(request, "questions/staff_answer.html", context, status=status)


def _name(slug: str) -> str:
    agency = agencies.describe_agency(slug=slug)
    return agency.name if agency else slug
