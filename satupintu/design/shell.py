# SPDX-License-Identifier: Apache-2.0
"""What surrounds every page: navigation, language switch, footer.

Apps above register what they bring, in `AppConfig.ready()`; the shell knows none of them.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property

from django.conf import settings
from django.contrib.messages import get_messages
from django.core.exceptions import TooManyFieldsSent
from django.http import HttpRequest
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import get_language, get_language_info

Badge = Callable[[HttpRequest], int]


@dataclass(frozen=True, slots=True)
class _Registered:
    label: str | Promise
    url_name: str
    order: int
    badge: Badge | None = None


_nav: dict[str, _Registered] = {}
_footer: dict[str, _Registered] = {}


def register_nav_item(
    key: str, label: str | Promise, url_name: str, order: int, badge: Badge | None = None
) -> None:
    """Add an entry for signed-in people. `badge` is asked once a page, and 0 shows nothing."""
    _nav[key] = _Registered(label, url_name, order, badge)


def register_footer_item(key: str, label: str | Promise, url_name: str, order: int) -> None:
    """Add a link to the foot of every page, signed in or not."""
    _footer[key] = _Registered(label, url_name, order)


@dataclass(frozen=True, slots=True)
class TimeLimit:
    """Until when a person can go on without proving anew that it is she (WCAG 2.2, 2.2.1)."""

    ends_at: datetime
    seconds_left: int
    # How long before the end she is warned.
    warning_seconds: int
    can_extend: bool
    # Where one press extends it: answers {"seconds_left": ..., "can_extend": ...}.
    extend_href: str


TimeLimitReader = Callable[[HttpRequest], TimeLimit | None]
_time_limits: list[TimeLimitReader] = []


def register_time_limit(reader: TimeLimitReader) -> None:
    """Have `reader` asked on each page of who is signed in; it may cost no statement. The first
    that answers counts."""
    if reader not in _time_limits:
        _time_limits.append(reader)


@dataclass(frozen=True, slots=True)
class NavItem:
    key: str
    label: str
    href: str
    count: int
    is_current: bool


@dataclass(frozen=True, slots=True)
class FooterItem:
    label: str
    href: str


@dataclass(frozen=True, slots=True)
class LanguageLink:
    code: str
    # "Bahasa" of "Bahasa Indonesia": narrow screens leave it out.
    kind: str
    name: str
    href: str


@dataclass(frozen=True, slots=True)
class Notice:
    text: str
    kind: str
    icon: str


_NOTICE_ICONS = {"success": "circle-check", "warning": "triangle-alert", "error": "circle-alert"}


class Shell:
    """Computed when a template asks, so that a redirect or a fragment pays for nothing."""

    def __init__(self, request: HttpRequest | None) -> None:
        self._request = request

    @cached_property
    def is_signed_in(self) -> bool:
        user = getattr(self._request, "user", None)
        return user is not None and user.is_authenticated

    @cached_property
    def sign_in_href(self) -> str:
        """The way in, for visitors; empty on the way in itself."""
        href = reverse("account_login")
        here = self._request.path if self._request else href
        return "" if self.is_signed_in or here.startswith(href) else href

    @cached_property
    def nav(self) -> list[NavItem]:
        if self._request is None or not self.is_signed_in:
            return []
        path = self._request.path
        return [
            NavItem(
                key=key,
                label=str(item.label),
                href=href,
                count=item.badge(self._request) if item.badge else 0,
                # A letter belongs to "Letters": what lies beneath an entry marks it.
                is_current=path.startswith(href),
            )
            for key, item in sorted(_nav.items(), key=lambda pair: pair[1].order)
            for href in [reverse(item.url_name)]
        ]

    @cached_property
    def footer(self) -> list[FooterItem]:
        return [
            FooterItem(label=str(item.label), href=reverse(item.url_name))
            for item in sorted(_footer.values(), key=lambda item: item.order)
        ]

    @cached_property
    def notices(self) -> list[Notice]:
        """What the page before has to say (Django's messages); said once."""
        if self._request is None:
            return []
        return [
            Notice(str(message), message.level_tag, _NOTICE_ICONS.get(message.level_tag, "info"))
            for message in get_messages(self._request)
        ]

    @cached_property
    def time_limit(self) -> TimeLimit | None:
        """The warning before it ends is the shell's, so that no page can forget it."""
        request = self._request
        if request is None or not self.is_signed_in:
            return None
        return next(filter(None, (reader(request) for reader in _time_limits)), None)

    @cached_property
    def address(self) -> str:
        """Where this page can be opened again; empty where it answers a form, whose own address
        is the one."""
        is_opened = self._request is not None and self._request.method == "GET"
        return self._request.get_full_path() if self._request and is_opened else ""

    @cached_property
    def languages(self) -> list[LanguageLink]:
        """The other languages, each as a link to this very page."""
        if self._request is None:
            return []
        links = []
        for code, _name in settings.LANGUAGES:
            if code == get_language():
                continue
            query = self._request.GET.copy()
            query["lang"] = code
            kind, _space, name = get_language_info(code)["name_local"].rpartition(" ")
            links.append(LanguageLink(code, kind, name, f"?{query.urlencode()}"))
        return links


class BareShell(Shell):
    """For error pages: the language switch, and nothing that asks a session or a database."""

    @cached_property
    def is_signed_in(self) -> bool:
        return False

    @cached_property
    def sign_in_href(self) -> str:
        return ""

    @cached_property
    def notices(self) -> list[Notice]:
        return []

    @cached_property
    def languages(self) -> list[LanguageLink]:
        try:
            return super().languages
        except TooManyFieldsSent:
            # The address is what is wrong: it can't be offered again.
            return []


def shell(request: HttpRequest) -> dict[str, Shell]:
    """Context processor."""
    return {"shell": Shell(request)}
