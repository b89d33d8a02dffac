# SPDX-License-Identifier: Apache-2.0
"""What is refused for its size before it is read, and pages where a framework answers a blank."""

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse

from satupintu.design.views import PROBLEMS, show_problem
from satupintu.foundation.problems import problem

from .machines import get_length

# Statuses that Django and guards answer without a word; a person gets a page.
_BLANK = {405, 413, 429, 503}
_MESSAGES = "/api/v1/messages"


class Answers:
    """Stands after the language middleware, before anything that reads a form."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        # Letters have a limit of their own (inbox/wire.py): they carry a document.
        if request.path != _MESSAGES and get_length(request) > settings.LARGEST_FORM:
            return _refuse_size(request)
        response = self._get_response(request)
        if response.status_code in _BLANK and _is_blank(response) and _is_for_people(request):
            page = show_problem(request, response.status_code)
            for name in ("Allow", "Retry-After"):
                if name in response.headers:
                    page.headers[name] = response.headers[name]
            return page
        return response


def _refuse_size(request: HttpRequest) -> HttpResponse:
    if request.path.startswith("/api/"):
        title = str(PROBLEMS[413].title)
        return problem(status=413, code="request_too_large", title=title)
    return show_problem(request, 413)


def _is_blank(response: HttpResponse) -> bool:
    return not response.streaming and not response.content


def _is_for_people(request: HttpRequest) -> bool:
    match = request.resolver_match
    return match is not None and not str(getattr(match.func, "access", "")).startswith("protocol")
