# SPDX-License-Identifier: Apache-2.0
"""Colleagues: who works here, who joins, who leaves, and who still needs it."""

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from satupintu.foundation.errors import Refusal
from satupintu.trust.agencies import queries as agencies
from satupintu.trust.staff import actions, forms, queries, rules
from satupintu.trust.staff.access import StaffRequest, staff_may

from .page import show


@staff_may("members.manage")
def members(request: StaffRequest) -> HttpResponse:
    cards = queries.list_looked_after(by=request.staff, at=timezone.now())
    return show(request, "staff/members.html", {"cards": cards})


def _get_card(request: StaffRequest, member_id: UUID) -> queries.MemberCard:
    """A colleague of one's own; anybody else's is a page that does not exist."""
    for card in queries.list_looked_after(by=request.staff, at=timezone.now()):
        if card.id == member_id:
            return card
    raise Http404


@staff_may("members.manage")
@require_http_methods(["GET", "POST"])
def invite(request: StaffRequest) -> HttpResponse:
    duty = request.staff
    form = forms.InviteForm(
        request.POST if request.method == "POST" else None,
        duty=duty,
        agencies=[(card.slug, card.name) for card in agencies.list_agencies()],
    )
    if request.method == "POST" and form.is_valid():
        try:
            actions.invite_member(
                email=form.cleaned_data["email"],
                full_name=form.cleaned_data["full_name"],
                role=form.cleaned_data["role"],
                agency_slug=(
                    form.cleaned_data["agency"] if duty.role == rules.STEWARD else duty.agency_slug
                ),
                by=duty.member_id,
                at=timezone.now(),
            )
        except actions.UnknownAgency:
            form.add_error(
                "agency", _("An owner belongs to one agency, and a steward belongs to none.")
            )
        except Refusal as refusal:
            forms.add_refusal(form, refusal)
        else:
            messages.success(
                request, _("The way in is on its way to %s.") % form.cleaned_data["email"]
            )
            return redirect("staff:members")
    return show(request, "staff/invite.html", {"form": form}, status=422 if form.errors else 200)


@staff_may("members.manage")
@require_http_methods(["GET", "POST"])
def member(request: StaffRequest, member_id: UUID) -> HttpResponse:
    card = _get_card(request, member_id)
    roles = tuple(
        role
        for role in rules.get_roles_to_give(request.staff.role)
        if (role == rules.STEWARD) == (card.role == rules.STEWARD)
    )
    form = forms.RoleForm(
        request.POST if request.method == "POST" else None,
        roles=roles,
        initial={"role": card.role},
    )
    if request.method == "POST" and form.is_valid():
        try:
            actions.change_role(
                member_id=member_id,
                role=form.cleaned_data["role"],
                by=request.staff.member_id,
                at=timezone.now(),
            )
        except Refusal as refusal:
            forms.add_refusal(form, refusal)
        else:
            messages.success(request, _("The role is changed."))
            return redirect("staff:members")
    context = {"card": card, "form": form, "roles": roles}
    return show(request, "staff/member.html", context, status=422 if form.errors else 200)


@staff_may("members.manage")
@require_POST
def invite_again(request: StaffRequest, member_id: UUID) -> HttpResponse:
    card = _get_card(request, member_id)
    actions.invite_again(email=card.email, by=request.staff.member_id, at=timezone.now())
    messages.success(request, _("A new way in is on its way to %s.") % card.email)
    return redirect("staff:members")


@staff_may("members.manage")
@require_http_methods(["GET", "POST"])
def end(request: StaffRequest, member_id: UUID) -> HttpResponse:
    card = _get_card(request, member_id)
    if request.method == "POST":
        actions.end_member(member_id=member_id, by=request.staff.member_id, at=timezone.now())
        messages.success(request, _("%s no longer has access.") % card.full_name)
        return redirect("staff:members")
    return show(request, "staff/end_member.html", {"card": card})


@staff_may("members.review")
def review(request: StaffRequest) -> HttpResponse:
    at = timezone.now()
    own = queries.list_looked_after(by=request.staff, at=at)
    context = {
        "waiting": [card for card in own if card.review is not rules.Review.CONFIRMED],
        "confirmed": [card for card in own if card.review is rules.Review.CONFIRMED],
        "late": _list_late(request, own) if request.staff.may("reviews.oversee") else [],
    }
    return show(request, "staff/review.html", context)


def _list_late(request: StaffRequest, own: list[queries.MemberCard]) -> list[queries.MemberCard]:
    """What other agencies' owners have let lie: stewards see it, and ask."""
    known = {card.id for card in own} | {request.staff.member_id}
    return [
        card
        for card in queries.list_members(at=timezone.now())
        if card.id not in known and card.review in {rules.Review.OVERDUE, rules.Review.LOCKED}
    ]


@staff_may("members.review")
@require_POST
def confirm(request: StaffRequest, member_id: UUID) -> HttpResponse:
    card = _get_card(request, member_id)
    actions.confirm_member(member_id=member_id, by=request.staff.member_id, at=timezone.now())
    messages.success(request, _("Confirmed: %s.") % card.full_name)
    return redirect("staff:review")
