# SPDX-License-Identifier: Apache-2.0
"""Pages for when something is wrong, and the living page of all components.

An error page must never fail itself: it asks no database, no session and no app above.
"""

from dataclasses import dataclass

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.template import loader
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from satupintu.design.gallery import GalleryForm, get_gallery
from satupintu.design.shell import BareShell, Shell


@dataclass(frozen=True, slots=True)
class Problem:
    title: str | Promise
    text: str | Promise
    icon: str


PROBLEMS = {
    400: Problem(
        _("We could not read that"),
        _("Something in the address or the form was not as it should be. Go back and try again."),
        "circle-help",
    ),
    403: Problem(
        _("This page is not open to you"),
        _("You may be signed in with another account, or this is for somebody else."),
        "lock",
    ),
    404: Problem(
        _("There is no such page"),
        _("The address may be mistyped, or the page has moved. Nothing is wrong on your side."),
        "map-pin",
    ),
    405: Problem(
        _("This cannot be opened that way"),
        _("The page waits for a form to be sent. Go back to the form and send it again."),
        "circle-help",
    ),
    413: Problem(
        _("That is too large"),
        _("The file or the form is larger than we can take. Choose a smaller file and try again."),
        "file-text",
    ),
    429: Problem(
        _("Too many tries"),
        _("To protect you we wait a little before the next one. Try again in a few minutes."),
        "clock",
    ),
    500: Problem(
        _("Something broke on our side"),
        _("It is not your fault, and we have been told. What was saved before is safe."),
        "triangle-alert",
    ),
    503: Problem(
        _("We will be back in a moment"),
        _(
            "The service is being looked after. Try again in a few minutes; nothing of yours is lost."
        ),
        "refresh-cw",
    ),
}

_CSRF = Problem(
    _("The form was open too long"),
    _("To protect you, nothing was sent. Go back, load the page again and send it once more."),
    "shield-alert",
)


def show_problem(
    request: HttpRequest, status: int, problem: Problem | None = None, detail: str = ""
) -> HttpResponse:
    """An error page in the shell. Anyone may call it, with one of the statuses of `PROBLEMS`."""
    shown = problem or PROBLEMS[status]
    # Without the request: its context processors may ask what has just failed.
    html = loader.render_to_string(
        "design/error.html",
        {
            "shell": BareShell(request),
            "status": status,
            "problem": shown,
            "detail": detail,
        },
    )
    response = HttpResponse(html, status=status)
    response.headers["Cache-Control"] = "no-store"
    return response


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    return show_problem(request, 400)


def permission_denied(request: HttpRequest, exception: Exception) -> HttpResponse:
    return show_problem(request, 403)


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    return show_problem(request, 404)


def server_error(request: HttpRequest) -> HttpResponse:
    return show_problem(request, 500)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    return show_problem(request, 403, _CSRF)


def index(request: HttpRequest) -> HttpResponse:
    """The living page of all components. Only where developers and visitors of the demo are."""
    if not (settings.DEBUG or getattr(settings, "DEMO", False)):
        raise Http404
    form = GalleryForm(request.POST if request.method == "POST" else None)
    status = 422 if form.errors else 200
    context = {"form": form, "gallery": get_gallery(), "shell": Shell(request)}
    return render(request, "design/index.html", context, status=status)


# The decorators that say so stand in `accounts`, above this app; the mark is the same.
index.access = "public"  # type: ignore[attr-defined]
