# SPDX-License-Identifier: Apache-2.0
"""The desk's pages: find a case by its number, freeze for a caller, have an account given back."""

from datetime import datetime

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from satupintu.dealings.protection import actions, forms, queries
from satupintu.foundation.errors import Refusal
from satupintu.trust.identity.queries import Paper
from satupintu.trust.staff.access import StaffRequest, show_to_staff, staff_may


@staff_may("cases.see")
@require_http_methods(["GET", "HEAD", "POST"])
def cases(request: StaffRequest) -> HttpResponse:
    """The number comes from the person. Only the fraud desk and stewards see which are open."""
    form = forms.NumberForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        found = queries.find_case(number=form.cleaned_data["number"])
        if found is not None:
            return redirect("cases:case", number=found.number)
        form.add_error("number", str(actions.NoSuchCase.message))
    queue = queries.list_queue(at=timezone.now()) if request.staff.may("cases.queue") else None
    context = {"form": form, "queue": queue}
    return show_to_staff(
        request, "protection/desk.html", context, status=422 if form.errors else 200
    )


@staff_may("cases.see")
@require_http_methods(["GET", "HEAD", "POST"])
def case(request: StaffRequest, number: str) -> HttpResponse:
    found = queries.find_case(number=number)
    if found is None:
        raise Http404
    at = timezone.now()
    form = forms.ScreenForm(request.POST if request.method == "POST" else None)
    name = ""
    if form.is_valid():
        # Asked with each step: what was compared must be what stands there now.
        try:
            name = actions.look_at_person(
                number=number,
                screen_code=form.cleaned_data["screen_code"],
                by=request.staff.member_id,
                at=at,
            )
        except Refusal as refusal:
            form.add_error("screen_code", str(refusal))
    seen: forms.SeenForm | None = None
    if name:
        # The second form of the page says so; without it only the name was asked for.
        said = request.POST if "seen" in request.POST else None
        seen = forms.SeenForm(said, initial=form.cleaned_data)
        if seen.is_valid() and _propose(request, number=number, seen=seen, at=at):
            return redirect("staff:proposals")
    actions.record_case_reading(case=found, by=request.staff.member_id, at=at)
    context = {
        "case": queries.describe_for_desk(case=found, at=at),
        "form": seen or form,
        "name": name,
        "at": at,
    }
    is_wrong = bool(form.errors or (seen and seen.errors))
    return show_to_staff(
        request, "protection/desk_case.html", context, status=422 if is_wrong else 200
    )


def _propose(request: StaffRequest, *, number: str, seen: forms.SeenForm, at: datetime) -> bool:
    try:
        actions.propose_restoration(
            number=number,
            screen_code=seen.cleaned_data["screen_code"],
            paper=Paper(seen.cleaned_data["paper"]),
            reason=seen.cleaned_data["reason"],
            by=request.staff.member_id,
            at=at,
        )
    except actions.PaperTooWeak as refusal:
        seen.add_error("paper", str(refusal))
        return False
    except Refusal as refusal:
        seen.add_error(None, str(refusal))
        return False
    messages.success(request, _("A second person is asked."))
    return True


@staff_may("cases.freeze")
@require_http_methods(["GET", "HEAD", "POST"])
def freeze_for_caller(request: StaffRequest) -> HttpResponse:
    form = forms.CallerForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        try:
            number = actions.freeze_for_caller(
                email=form.cleaned_data["email"],
                by=request.staff.member_id,
                at=timezone.now(),
            )
        except Refusal as refusal:
            form.add_error("email", str(refusal))
        else:
            messages.success(request, _("Frozen. Tell the caller the number of the case."))
            return redirect("cases:case", number=number)
    return show_to_staff(
        request, "protection/desk_freeze.html", {"form": form}, status=422 if form.errors else 200
    )
