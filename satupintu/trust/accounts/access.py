# SPDX-License-Identifier: Apache-2.0
"""Every route says who may open it: one of these decorators, or a test fails.

    @public            anybody
    @signed_in         a session of any level; else to sign-in, and back
    @signed_in_al2     a session at AL2 (safety rule 2); else a step-up, and back
    @freshly_proved    signed in, with all the proof the account can give, minutes ago
    @protocol          machines; the view authenticates its caller itself and says how
    @machine           besides one of these: no session, no language, no form token is read

A page behind the last three is never stored by a browser or a proxy.
"""

import json
from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import Any
from urllib.parse import urlencode, urlsplit
from uuid import UUID

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.utils.cache import add_never_cache_headers
from django.views.decorators.csrf import csrf_exempt

from satupintu.design import typed
from satupintu.foundation.crypto import decrypt, encrypt

from . import queries
from .actions.sign_in import TYPED
from .models import Account
from .session_store import SessionStore

View = Callable[..., HttpResponse]

# What waits in a session while its person proves more; a session is no place for a book.
LONGEST_TYPED = 50_000


class SignedInRequest(HttpRequest):
    """What a view behind `signed_in` and its stricter kin gets."""

    user: Account  # type: ignore[assignment]
    session: SessionStore  # type: ignore[assignment]


def _mark(view: View, access: str) -> View:
    view.access = access  # type: ignore[attr-defined]
    return view


def public(view: View) -> View:
    """Anybody may open this page."""
    return _mark(view, "public")


def protocol(how: str) -> Callable[[View], View]:
    """A machine's endpoint. `how` says in words how it authenticates its caller."""

    def decorate(view: View) -> View:
        return _mark(view, f"protocol: {how}")

    return decorate


def machine(view: View) -> View:
    """For programs only: answered before everything that pages need (config/machines.py). The
    outermost decorator, on a view that takes nothing from its address."""

    @csrf_exempt
    @wraps(view)
    def answered(request: HttpRequest) -> HttpResponse:
        return view(request)

    answered.is_machine = True  # type: ignore[attr-defined]
    return answered


def _keep_typed(request: HttpRequest, *, account_id: UUID) -> None:
    """What was typed survives a lapse (safety rule 7): encrypted, in this browser's session, for
    this person and the page that asked for it. Not a file, and never a password.

    A form that was sent by its language button counts too, though it comes as an opened page.
    """
    sent = request.POST if request.method == "POST" else typed.get_typed()
    if not sent or request.FILES:
        return
    fields = [
        (name, value)
        for name, values in sent.lists()
        for value in values
        if name not in {"csrfmiddlewaretoken", "lang"} and "password" not in name
    ]
    if sum(len(name) + len(str(value)) for name, value in fields) > LONGEST_TYPED:
        return
    kept = {
        "path": request.get_full_path(),
        "account": str(account_id),
        "fields": fields,
        # A form that stood at the address to which it was sent can be looked at again.
        "is_page": urlsplit(request.headers.get("Referer", "")).path == request.path,
    }
    request.session[TYPED] = encrypt(json.dumps(kept))


@dataclass(frozen=True)
class Typed:
    """What was typed into a form, and was not sent."""

    fields: list[tuple[str, str]]
    is_page: bool


def take_typed(request: HttpRequest, *, path: str) -> Typed | None:
    """What this person typed into the form of `path` before the proof lapsed, once; None if
    nothing, or if somebody else signed in since."""
    sealed = request.session.pop(TYPED, None)
    kept = json.loads(decrypt(sealed)) if sealed else {}
    if kept.get("path") != path or kept.get("account") != str(request.user.pk):
        return None
    return Typed(fields=[(name, value) for name, value in kept["fields"]], is_page=kept["is_page"])


def has_typed(request: HttpRequest, *, path: str) -> bool:
    """Whether something waits for that page. It is not taken."""
    sealed = request.session.get(TYPED)
    return sealed is not None and json.loads(decrypt(sealed)).get("path") == path


def _sent_to_sign_in(request: HttpRequest) -> HttpResponse:
    """A form that somebody sent when her session was over waits for her, and for nobody else."""
    ending = getattr(request, "ending", None)
    if ending is not None:
        _keep_typed(request, account_id=ending.account_id)
    return _sent_to("account_login", request)


def _sent_to(url_name: str, request: HttpRequest, **more: str) -> HttpResponseRedirect:
    back = urlencode({"next": request.get_full_path()} | more)
    return HttpResponseRedirect(f"{reverse(url_name)}?{back}")


def signed_in(view: View) -> View:
    """A signed-in person, at any level."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not request.user.is_authenticated:
            return _sent_to_sign_in(request)
        response = view(request, *args, **kwargs)
        add_never_cache_headers(response)
        return response

    return _mark(guarded, "signed_in")


def signed_in_al2(view: View) -> View:
    """A signed-in person whose session is at AL2; one factor sees nothing of anybody's record."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not request.user.is_authenticated:
            return _sent_to_sign_in(request)
        assurance = queries.get_assurance(session=request.session, at=timezone.now())
        if assurance is None or assurance.level < 2:
            _keep_typed(request, account_id=request.user.pk)
            return _sent_to("accounts:step_up", request)
        response = view(request, *args, **kwargs)
        add_never_cache_headers(response)
        return response

    return _mark(guarded, "signed_in_al2")


def freshly_proved(view: View) -> View:
    """A person who proved it was her within the last 15 minutes (OWASP ASVS 7.5.1): with two
    factors where the account has them. For changes of what guards the account."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not request.user.is_authenticated:
            return _sent_to_sign_in(request)
        if not queries.is_freshly_proved(
            account_id=request.user.pk, session=request.session, at=timezone.now()
        ):
            _keep_typed(request, account_id=request.user.pk)
            return _sent_to("accounts:step_up", request, fresh="1")
        response = view(request, *args, **kwargs)
        add_never_cache_headers(response)
        return response

    return _mark(guarded, "freshly_proved")
