# SPDX-License-Identifier: Apache-2.0
"""The staff pages' own menu: each entry is shown to those who may open it.

Apps above register theirs in `AppConfig.ready()`, with a permission of `rules.PERMISSIONS`.
"""

from dataclasses import dataclass

from django.urls import reverse
from django.utils.functional import Promise

from .queries import OnDuty


@dataclass(frozen=True, slots=True)
class StaffPage:
    label: str | Promise
    why: str | Promise
    url_name: str
    permission: str
    icon: str
    order: int


@dataclass(frozen=True, slots=True)
class StaffPageLink:
    label: str
    why: str
    href: str
    icon: str
    is_current: bool


_pages: dict[str, StaffPage] = {}


def register_staff_page(key: str, page: StaffPage) -> None:
    """Add a page to the menu and to the first page of whoever may open it."""
    _pages[key] = page


def list_staff_pages(duty: OnDuty, path: str) -> list[StaffPageLink]:
    return [
        StaffPageLink(
            label=str(page.label),
            why=str(page.why),
            href=href,
            icon=page.icon,
            is_current=path.startswith(href),
        )
        for page in sorted(_pages.values(), key=lambda page: page.order)
        if duty.may(page.permission)
        for href in [reverse(page.url_name)]
    ]
