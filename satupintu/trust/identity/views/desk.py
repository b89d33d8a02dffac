# SPDX-License-Identifier: Apache-2.0
"""At a counter, the staff's side: type the code, compare, confirm."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from satupintu.foundation.errors import Refusal
from satupintu.trust.identity import actions, forms
from satupintu.trust.identity.rules import Paper
from satupintu.trust.staff.access import StaffRequest, show_to_staff, staff_may


@staff_may("counter.confirm")
@require_http_methods(["GET", "POST"])
def type_code(request: StaffRequest) -> HttpResponse:
    form = forms.CodeForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        typed = form.cleaned_data["code"]
        try:
            opened = actions.look_at_code(
                typed=typed, by=request.staff.member_id, at=timezone.now()
            )
        except Refusal as refusal:
            form.add_error("code", str(refusal))
        else:
            seen = forms.SeenForm(initial={"code": typed})
            context = {"form": seen, "full_name": opened.full_name}
            return show_to_staff(request, "identity/desk_compare.html", context)
    status = 422 if form.errors else 200
    return show_to_staff(request, "identity/desk.html", {"form": form}, status=status)


@staff_may("counter.confirm")
@require_http_methods(["GET", "POST"])
def confirm(request: StaffRequest) -> HttpResponse:
    if request.method == "GET":
        # Opened anew, in another language: the code is asked again, and is in its box.
        return show_to_staff(request, "identity/desk.html", {"form": forms.CodeForm()})
    form = forms.SeenForm(request.POST)
    at = timezone.now()
    if form.is_valid():
        try:
            actions.confirm_at_counter(
                typed=form.cleaned_data["code"],
                paper=Paper(form.cleaned_data["paper"]),
                by=request.staff.member_id,
                at=at,
            )
        except Refusal as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("Confirmed. The person sees it on her own screen now."))
            return redirect("identity_desk:counter")
    try:
        opened = actions.look_at_code(
            typed=str(request.POST.get("code", "")), by=request.staff.member_id, at=at
        )
    except Refusal as refusal:
        # Used or over meanwhile: back to the beginning, with the reason.
        again = forms.CodeForm({"code": ""})
        again.errors.clear()
        again.add_error("code", str(refusal))
        return show_to_staff(request, "identity/desk.html", {"form": again}, status=422)
    context = {"form": form, "full_name": opened.full_name}
    return show_to_staff(request, "identity/desk_compare.html", context, status=422)
