# SPDX-License-Identifier: Apache-2.0
"""Every page for staff names the permission it needs; `rules.PERMISSIONS` says who has it.

A person's session is never asked: these pages know one cookie, and it is not hers.
"""

from collections.abc import Callable
from functools import wraps
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.cache import add_never_cache_headers

from . import actions, queries
from .navigation import StaffPage, list_staff_pages, register_staff_page

__all__ = [
    "StaffPage",
    "StaffRequest",
    "read_staff_key",
    "register_staff_page",
    "show_to_staff",
    "staff_may",
]

View = Callable[..., HttpResponse]


class StaffRequest(HttpRequest):
    """What a view behind `staff_may` gets."""

    staff: queries.OnDuty


def read_staff_key(request: HttpRequest) -> str:
    """The key of this browser's staff session or visit; empty without one."""
    return request.COOKIES.get(settings.STAFF_SESSION_COOKIE_NAME, "")


def staff_may(permission: str) -> Callable[[View], View]:
    """A staff member who is signed in and whose role has this permission. Others are sent to
    staff sign-in and back, or told that the page is not open to them."""

    def decorate(view: View) -> View:
        @wraps(view)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            at = timezone.now()
            duty = queries.find_on_duty(key=read_staff_key(request), at=at)
            if duty is None:
                back = urlencode({"next": request.get_full_path()})
                return HttpResponseRedirect(f"{reverse('staff:sign_in')}?{back}")
            actions.mark_seen(session_id=duty.session_id, at=at)
            request.staff = duty  # type: ignore[attr-defined]
            response = (
                view(request, *args, **kwargs)
                if duty.may(permission)
                else show_to_staff(request, "staff/not_open.html", {}, status=403)  # type: ignore[arg-type]
            )
            add_never_cache_headers(response)
            return response

        guarded.access = f"staff: {permission}"  # type: ignore[attr-defined]
        return guarded

    return decorate


def show_to_staff(
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
