# SPDX-License-Identifier: Apache-2.0
"""Endpoints that programs call are answered before all that only pages need."""

from collections.abc import Callable, Iterator
from functools import cached_property

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.urls import ResolverMatch, URLPattern, URLResolver, get_resolver, resolve

from .headers import SecurityHeaders


class Machines:
    """Stands before the session middleware. A route whose view is marked `machine` (see
    trust/accounts/access.py) has no session, language, form token or notice; it authenticates its
    caller itself. It is the hottest path of the product, and a fifth of its cost would be these.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self._get_response = get_response
        self._answer_with_headers = SecurityHeaders(self._answer)

    def __call__(self, request: HttpRequest) -> HttpResponse:
        match = self._matches.get(request.path_info)
        if match is None:
            return self._get_response(request)
        request.resolver_match = match
        return self._answer_with_headers(request)

    def _answer(self, request: HttpRequest) -> HttpResponse:
        # As every page does: a request for another host is refused (DisallowedHost).
        request.get_host()
        if get_length(request) > settings.LARGEST_FORM:
            response: HttpResponse = JsonResponse({"error": "invalid_request"}, status=413)
        else:
            response = self._matches[request.path_info].func(request)
        response.headers.setdefault("Content-Length", str(len(response.content)))
        return response

    @cached_property
    def _matches(self) -> dict[str, ResolverMatch]:
        """Found once: these addresses hold nothing that changes."""
        addresses = (f"/{address}" for address in _list_machines(get_resolver()))
        return {address: resolve(address) for address in addresses}


def get_length(request: HttpRequest) -> int:
    """What the request says of the size of its body."""
    try:
        return int(request.META.get("CONTENT_LENGTH") or 0)
    except ValueError:
        return 0


def _list_machines(resolver: URLResolver, prefix: str = "") -> Iterator[str]:
    for entry in resolver.url_patterns:
        address = f"{prefix}{entry.pattern}"
        if isinstance(entry, URLResolver):
            yield from _list_machines(entry, address)
        elif isinstance(entry, URLPattern) and getattr(entry.callback, "is_machine", False):
            yield address
