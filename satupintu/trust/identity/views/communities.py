# SPDX-License-Identifier: Apache-2.0
"""Staff: communities, and who may vouch for their people."""

from uuid import UUID

from django import forms as django_forms
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from satupintu.foundation.errors import Refusal
from satupintu.trust.identity import actions, forms, queries
from satupintu.trust.staff.access import StaffRequest, show_to_staff, staff_may


@staff_may("communities.see")
@require_safe
def list_all(request: StaffRequest) -> HttpResponse:
    context = {
        "communities": queries.list_communities(),
        "attesters": queries.list_attesters(at=timezone.now()),
        "may_register": request.staff.may("communities.register"),
        "may_enrol": request.staff.may("attesters.enrol"),
        "may_revoke": request.staff.may("attesters.revoke"),
        "may_count": request.staff.may("attesters.count"),
    }
    return show_to_staff(request, "identity/communities.html", context)


@staff_may("communities.register")
@require_http_methods(["GET", "POST"])
def register(request: StaffRequest) -> HttpResponse:
    form = forms.CommunityForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            actions.register_community(
                name=form.cleaned_data["name"], by=request.staff.member_id, at=timezone.now()
            )
        except Refusal as refusal:
            form.add_error("name", str(refusal))
        else:
            messages.success(request, _("The community is registered."))
            return redirect("identity_desk:communities")
    return _show_form(request, "identity/register_community.html", form)


@staff_may("attesters.enrol")
@require_http_methods(["GET", "POST"])
def enrol(request: StaffRequest) -> HttpResponse:
    """Ask a second member of staff. Nobody vouches yet."""
    form = forms.EnrolForm(request.POST if request.method == "POST" else None)
    form.fields["community"].choices = [  # type: ignore[attr-defined]
        ("", "-"),
        *((card.slug, card.name) for card in queries.list_communities()),
    ]
    if request.method == "POST" and form.is_valid():
        try:
            actions.propose_attester(
                community=form.cleaned_data["community"],
                email=form.cleaned_data["email"],
                reason=form.cleaned_data["reason"],
                by=request.staff.member_id,
                at=timezone.now(),
            )
        except Refusal as refusal:
            form.add_error("email", str(refusal))
        else:
            messages.success(request, _("A second person is asked."))
            return redirect("identity_desk:communities")
    return _show_form(request, "identity/enrol_attester.html", form)


@staff_may("attesters.revoke")
@require_http_methods(["GET", "POST"])
def revoke(request: StaffRequest, attester_id: UUID) -> HttpResponse:
    at = timezone.now()
    found = [one for one in queries.list_attesters(at=at) if one.id == attester_id]
    if not found:
        raise Http404
    form = forms.RevokeForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            actions.revoke_attester(
                attester_id=attester_id,
                reason=form.cleaned_data["reason"],
                by=request.staff.member_id,
                at=at,
            )
        except Refusal as refusal:
            form.add_error("reason", str(refusal))
        else:
            messages.success(request, _("Ended. What rests on her word is looked at again."))
            return redirect("identity_desk:communities")
    return _show_form(request, "identity/revoke_attester.html", form, card=found[0])


def _show_form(
    request: StaffRequest,
    template: str,
    form: django_forms.Form,
    card: queries.AttesterCard | None = None,
) -> HttpResponse:
    context = {"form": form, "card": card}
    return show_to_staff(request, template, context, status=422 if form.errors else 200)
