# SPDX-License-Identifier: Apache-2.0
"""Which language a page speaks: chosen on this device, else the account's, else the browser's."""

from collections.abc import Callable, Mapping
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils import translation
from django.utils.cache import patch_vary_headers
from django.utils.translation.trans_real import parse_accept_lang_header

from . import typed

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
    """Stands after the authentication middleware. `?lang=en` on any page switches and stays.

    On a page with a form the switch is a button of that form, named `lang`, and the page is drawn
    anew with what was typed (ADR 0033).
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        chosen = request.GET.get("lang")
        if request.method == "GET" and chosen in _get_known():
            return self._switch(request, chosen)
        language = get_language_of(request)
        request.LANGUAGE_CODE = language
        # The override must end with the request: a worker thread serves many people.
        with translation.override(language), typed.forget_afterwards():
            response = self._get_response(request)
            spoken = request.LANGUAGE_CODE
            response.headers.setdefault("Content-Language", spoken)
        if typed_in := getattr(request, "switched_to", ""):
            _remember(response, typed_in)
            # It holds what a person typed and did not send.
            response.headers["Cache-Control"] = "no-store"
        patch_vary_headers(response, ("Accept-Language", "Cookie"))
        return response

    def process_view(
        self, request: HttpRequest, view: Callable[..., HttpResponse], *_: Any, **__: Any
    ) -> None:
        """After the check against forgery, before the view: a form sent by its language button is
        no form that was sent."""
        if request.method != "POST" or not is_page(view) or not _is_form(request.headers):
            return
        chosen = request.POST.get("lang")
        if chosen not in _get_known():
            return
        typed.open_again(request)
        translation.activate(chosen)
        request.LANGUAGE_CODE = chosen
        request.switched_to = chosen  # type: ignore[attr-defined]
        for listener in _listeners:
            listener(request, chosen)

    def _switch(self, request: HttpRequest, language: str) -> HttpResponse:
        query = request.GET.copy()
        del query["lang"]
        # "//elsewhere.example" would be another host to a browser, so one slash is left of many.
        path = "/" + request.path.lstrip("/\\")
        response = SeeOther(f"{path}?{query.urlencode()}" if query else path)
        _remember(response, language)
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


def _remember(response: HttpResponse, language: str) -> None:
    response.set_cookie(
        settings.LANGUAGE_COOKIE_NAME,
        language,
        max_age=YEAR,
        path="/",
        secure=settings.LANGUAGE_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )


def is_page(view: Callable[..., HttpResponse]) -> bool:
    """Whether people look at it. Machines say `lang` too, and mean something else."""
    access = str(getattr(view, "access", "protocol"))
    return not access.startswith("protocol") or getattr(view, "is_page", False)


def _is_form(headers: Mapping[str, str]) -> bool:
    kind = headers.get("Content-Type", "").partition(";")[0].strip()
    return kind in {"application/x-www-form-urlencoded", "multipart/form-data"}


def _get_known() -> frozenset[str]:
    return frozenset(code for code, _name in settings.LANGUAGES)
