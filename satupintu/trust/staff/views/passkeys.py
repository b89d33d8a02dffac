# SPDX-License-Identifier: Apache-2.0
"""One's own passkeys. Two are better than one: there is no other way in."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from satupintu.foundation.errors import Refusal
from satupintu.trust.staff import actions, forms, queries
from satupintu.trust.staff.access import StaffRequest, staff_may

from .page import name_device, show


@staff_may("passkeys.manage")
@require_http_methods(["GET", "POST"])
def passkeys(request: StaffRequest) -> HttpResponse:
    form = forms.CredentialForm(request.POST if request.method == "POST" else None)
    if request.method == "POST":
        try:
            if not form.is_valid():
                raise actions.PasskeyRefused
            actions.add_passkey(
                session_id=request.staff.session_id,
                member_id=request.staff.member_id,
                answer=form.cleaned_data["credential"],
                name=name_device(request) or _("Passkey"),
                at=timezone.now(),
            )
        except Refusal as refusal:
            form.errors.clear()
            forms.add_refusal(form, refusal)
        else:
            messages.success(request, _("The passkey is added."))
            return redirect("staff:passkeys")
    context = {"form": form, "cards": queries.list_passkeys(member_id=request.staff.member_id)}
    return show(request, "staff/passkeys.html", context, status=422 if form.errors else 200)


@staff_may("passkeys.manage")
@require_POST
def options(request: StaffRequest) -> HttpResponse:
    content = actions.begin_adding(
        session_id=request.staff.session_id,
        member_id=request.staff.member_id,
        at=timezone.now(),
    )
    return JsonResponse(content)


@staff_may("passkeys.manage")
@require_POST
def remove(request: StaffRequest, passkey_id: UUID) -> HttpResponse:
    try:
        actions.remove_passkey(member_id=request.staff.member_id, passkey_id=passkey_id)
    except Refusal as refusal:
        messages.warning(request, str(refusal))
    else:
        messages.success(request, _("The passkey is removed."))
    return redirect("staff:passkeys")
