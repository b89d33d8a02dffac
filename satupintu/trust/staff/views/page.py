# SPDX-License-Identifier: Apache-2.0
"""What every page of staff has around it."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme

from satupintu.trust.accounts import queries as accounts
from satupintu.trust.staff import queries
from satupintu.trust.staff.access import StaffRequest
from satupintu.trust.staff.navigation import list_staff_pages


def show(
    request: StaffRequest, template: str, context: dict[str, Any], *, status: int = 200
) -> HttpResponse:
    """A page for whoever is on duty, under the header that no person's page has."""
    duty = request.staff
    around = {
        "duty": duty,
        "pages": list_staff_pages(duty, request.path),
        "warn_in": queries.get_warning_seconds(duty=duty, at=timezone.now()),
    }
    return render(request, template, around | context, status=status)


def keep_key(response: HttpResponse, key: str) -> HttpResponse:
    """The cookie of staff: not a person's, never sent from another site."""
    response.set_cookie(
        settings.STAFF_SESSION_COOKIE_NAME,
        key,
        path="/",
        secure=settings.HTTPS,
        httponly=True,
        samesite="Strict",
    )
    return response


def read_next(request: HttpRequest) -> str:
    """The staff page to go to after sign-in; anything else counts as the first page."""
    wanted = request.POST.get("next") or request.GET.get("next") or ""
    home = reverse("staff:home")
    is_ours = wanted.startswith(home) and url_has_allowed_host_and_scheme(
        wanted, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    )
    return wanted if is_ours else home


def name_device(request: HttpRequest) -> str:
    return accounts.get_origin(request).device
