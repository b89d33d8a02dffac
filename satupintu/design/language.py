# SPDX-License-Identifier: Apache-2.0
"""Which language a page speaks: chosen on this device, else the account's, else the browser's."""

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils import translation
from django.utils.cache import patch_vary_headers
from django.utils.translation.trans_real import parse_accept_lang_header

YEAR = 365 * 24 * 60 * 60

LanguageListener = Callable[[HttpRequest, str], None]
_listeners: list[LanguageListener] = []


def register_language_listener(listener: LanguageListener) -> None:
    """Hear when a person chooses a language, to keep it with the account (from `ready()`)."""
    if listener not in _listeners:
        _listeners.append(listener)


class SeeOther(HttpResponseRedirect):
    status_code = 303


class LanguageMiddleware:
    """Stands after the authentication middleware. `?lang=en` on any page switches and stays."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        chosen = request.GET.get("lang")
        if request.method == "GET" and chosen in _get_known():
            return self._switch(request, chosen)
        language = get_language_of(request)
        request.LANGUAGE_CODE = language
        # The override must end with the request: a worker thread serves many people.
        with translation.override(language):
            response = self._get_response(request)
            response.headers.setdefault("Content-Language", language)
        patch_vary_headers(response, ("Accept-Language", "Cookie"))
        return response

    def _switch(self, request: HttpRequest, language: str) -> HttpResponse:
        query = request.GET.copy()
        del query["lang"]
        # "//elsewhere.example" would be another host to a browser, so one slash is left of many.
        path = "/" + request.path.lstrip("/\\")
        response = SeeOther(f"{path}?{query.urlencode()}" if query else path)
        response.set_cookie(
            settings.LANGUAGE_COOKIE_NAME,
            language,
            max_age=YEAR,
            path="/",
            secure=settings.LANGUAGE_COOKIE_SECURE,
            httponly=True,
            samesite="Lax",
        )
        response.headers["Cache-Control"] = "no-store"
        for listener in _listeners:
            listener(request, language)
        return response


def get_language_of(request: HttpRequest) -> str:
    known = _get_known()
    chosen = request.COOKIES.get(settings.LANGUAGE_COOKIE_NAME)
    if chosen in known:
        return chosen
    # Without a session cookie nobody is signed in, and the database need not be asked.
    if settings.SESSION_COOKIE_NAME in request.COOKIES:
        language = getattr(getattr(request, "user", None), "language", "")
        if language in known:
            return language
    header = request.headers.get("Accept-Language", "").lower()
    for accepted, _quality in parse_accept_lang_header(header):
        primary = accepted.split("-")[0]
        if primary in known:
            return primary
    return settings.LANGUAGE_CODE if settings.LANGUAGE_CODE in known else "id"


def _get_known() -> frozenset[str]:
    return frozenset(code for code, _name in settings.LANGUAGES)
