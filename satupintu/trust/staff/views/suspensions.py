# SPDX-License-Identifier: Apache-2.0
"""Stopping something within a minute, and asking for a second person to lift it."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from satupintu.foundation.errors import Refusal
from satupintu.trust.agencies import queries as agencies
from satupintu.trust.staff import actions, forms, queries, rules
from satupintu.trust.staff.access import StaffRequest, staff_may

from .page import show

Choices = list[tuple[str, str]]


def _list_clients(request: StaffRequest) -> list[agencies.ClientCard]:
    own = request.staff.agency_slug
    slugs = [card.slug for card in agencies.list_agencies()]
    if request.staff.role != rules.STEWARD:
        slugs = [slug for slug in slugs if slug == own]
    return [card for slug in slugs for card in agencies.list_clients(agency_slug=slug)]


def _choose_agency(request: StaffRequest) -> Choices:
    return [(card.slug, card.name) for card in agencies.list_agencies()]


def _choose_client(request: StaffRequest) -> Choices:
    return [
        (card.client_id, f"{card.agency.name}: {card.client_id}")
        for card in _list_clients(request)
        if not card.is_suspended
    ]


def _choose_key(request: StaffRequest) -> Choices:
    return [
        (f"{card.client_id} {key.thumbprint}", f"{card.client_id}: {key.kid or key.thumbprint}")
        for card in _list_clients(request)
        for key in agencies.list_keys(client_id=card.client_id)
        if not key.is_suspended
    ]


TITLES: dict[str, str | Promise] = {
    "agency": gettext_lazy("Suspend an agency"),
    "client": gettext_lazy("Suspend a client"),
    "key": gettext_lazy("Suspend a key"),
    "person": gettext_lazy("Suspend an account"),
    "staff": gettext_lazy("Suspend a colleague"),
}
LABELS: dict[str, str | Promise] = {
    "agency": gettext_lazy("Agency"),
    "client": gettext_lazy("Client"),
    "key": gettext_lazy("Key"),
    "person": gettext_lazy("E-mail address of the account"),
    "staff": gettext_lazy("Work e-mail address"),
}
WHAT_HAPPENS: dict[str, str | Promise] = {
    "agency": gettext_lazy(
        "Nobody signs in there, its programs get no answer, and its staff are signed out."
    ),
    "client": gettext_lazy("This program gets no answer any more, and its tokens end."),
    "key": gettext_lazy("Whatever this key signs is refused, and tokens of its client end."),
    "person": gettext_lazy(
        "Nobody can sign in to the account. Payments, benefits and letters go on. "
        "The person is told, and sees it in the access log."
    ),
    "staff": gettext_lazy("Signed out at once, and no passkey opens the door."),
}
CHOOSE = {"agency": _choose_agency, "client": _choose_client, "key": _choose_key}


@staff_may("suspensions.see")
def suspensions(request: StaffRequest) -> HttpResponse:
    kinds = [
        (TITLES[kind], f"staff:suspend_{kind}", WHAT_HAPPENS[kind])
        for kind in TITLES
        if request.staff.may(f"suspend.{kind}")
    ]
    context = {"cards": queries.list_suspensions(by=request.staff), "kinds": kinds}
    return show(request, "staff/suspensions.html", context)


def _suspend(request: StaffRequest, kind: str) -> HttpResponse:
    choose = CHOOSE.get(kind)
    form = forms.SuspendForm(
        request.POST if request.method == "POST" else None,
        label=LABELS[kind],
        choices=choose(request) if choose else None,
    )
    if request.method == "POST" and form.is_valid():
        try:
            actions.suspend(
                kind=kind,
                target=actions.find_target(kind=kind, typed=form.cleaned_data["target"]),
                reason=form.cleaned_data["reason"],
                by=request.staff.member_id,
                at=timezone.now(),
            )
        except actions.ReasonNeeded as refusal:
            form.add_error("reason", str(refusal))
        except Refusal as refusal:
            form.add_error("target", str(refusal))
        else:
            messages.success(request, _("Suspended. It holds everywhere within a minute."))
            return redirect("staff:suspensions")
    context: dict[str, Any] = {"form": form, "title": TITLES[kind], "what": WHAT_HAPPENS[kind]}
    return show(request, "staff/suspend.html", context, status=422 if form.errors else 200)


@staff_may("suspend.agency")
@require_http_methods(["GET", "POST"])
def suspend_agency(request: StaffRequest) -> HttpResponse:
    return _suspend(request, "agency")


@staff_may("suspend.client")
@require_http_methods(["GET", "POST"])
def suspend_client(request: StaffRequest) -> HttpResponse:
    return _suspend(request, "client")


@staff_may("suspend.key")
@require_http_methods(["GET", "POST"])
def suspend_key(request: StaffRequest) -> HttpResponse:
    return _suspend(request, "key")


@staff_may("suspend.person")
@require_http_methods(["GET", "POST"])
def suspend_person(request: StaffRequest) -> HttpResponse:
    return _suspend(request, "person")


@staff_may("suspend.staff")
@require_http_methods(["GET", "POST"])
def suspend_staff(request: StaffRequest) -> HttpResponse:
    return _suspend(request, "staff")


@staff_may("suspensions.see")
@require_http_methods(["GET", "POST"])
def lift(request: StaffRequest, suspension_id: UUID) -> HttpResponse:
    """Ask a second person. Nothing is lifted here."""
    own = [one for one in queries.list_suspensions(by=request.staff) if one.id == suspension_id]
    if not own:
        raise Http404
    form = forms.ReasonForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            actions.propose(
                act=actions.LIFT,
                about=str(suspension_id),
                reason=form.cleaned_data["reason"],
                by=request.staff.member_id,
                at=timezone.now(),
            )
        except Refusal as refusal:
            forms.add_refusal(form, refusal)
        else:
            messages.success(request, _("A second person is asked."))
            return redirect("staff:proposals")
    context = {"form": form, "card": own[0]}
    return show(request, "staff/lift.html", context, status=422 if form.errors else 200)
