# SPDX-License-Identifier: Apache-2.0
"""What the pages of this app share."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme

from satupintu.trust.accounts import queries as accounts
from satupintu.trust.staff.access import show_to_staff as show

__all__ = ["keep_key", "name_device", "read_next", "show"]


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
