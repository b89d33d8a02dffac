# SPDX-License-Identifier: Apache-2.0
"""Says why somebody is signed out, to the browser that was signed in and to no other (ADR 0033).

Whoever holds the 256 bits of a dead session's cookie was signed in with it. The answer is said
once, on the page that is shown next, and the cookie goes with it.
"""

from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from satupintu.design.formats import format_moment
from satupintu.design.language import is_page
from satupintu.trust.rulebook import queries as rulebook

from . import queries


class SayWhyEnded:
    """Stands after the message middleware. One statement more, and only for a dead cookie."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self._get_response(request)

    def process_view(
        self, request: HttpRequest, view: Callable[..., HttpResponse], *_: Any, **__: Any
    ) -> None:
        key = request.COOKIES.get(settings.SESSION_COOKIE_NAME)
        if not key or not is_page(view) or request.session.row is not None:  # type: ignore[attr-defined]
            return
        ending = queries.get_ending(session_key=key, at=timezone.now())
        if ending is not None:
            # Guards keep what was typed for the person whose session it was.
            request.ending = ending  # type: ignore[attr-defined]
            messages.warning(request, say_why(ending))


def say_why(ending: queries.Ending) -> str:
    """In the language of the request."""
    if ending.why == "lapsed":
        lifetime = rulebook.get_duration("session.al1_lifetime", at=ending.at)
        return ngettext(
            "You are signed out here, because you signed in more than %(n)s day ago. Sign in, and "
            "go on where you were.",
            "You are signed out here, because you signed in more than %(n)s days ago. Sign in, "
            "and go on where you were.",
            lifetime.days,
        ) % {"n": lifetime.days}
    words = {
        "password": _(
            "You are signed out here, because a new password was chosen for your account "
            "(%(moment)s). Sign in again, and go on where you were."
        ),
        "paused": _(
            "You are signed out here, because your account was paused with a code from a letter "
            "or an e-mail (%(moment)s). Nothing was deleted or undone."
        ),
        "suspended": _(
            "You are signed out here, because this account was stopped by those who look after "
            "Satu Pintu (%(moment)s). Ask at the office of an agency, with your identity card."
        ),
    }.get(
        ending.why,
        _(
            "You are signed out here, because this sign-in was ended on another device or at your "
            "request (%(moment)s). Was that not you? Sign in, and press “It was not me” below."
        ),
    )
    return words % {"moment": format_moment(ending.at)}
