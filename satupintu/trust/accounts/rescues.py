# SPDX-License-Identifier: Apache-2.0
"""What an app above does for somebody who fears that another person has her account.

Registered in `AppConfig.ready()`; the pages of accounts know nothing of cases.
"""

from dataclasses import dataclass

from django.utils.functional import Promise


@dataclass(frozen=True)
class Rescue:
    """The strong way out, shown first on the page "It was not me"."""

    title: str | Promise
    text: str | Promise
    link: str | Promise  # the words of the button
    url_name: str  # signed in: where one freezes
    back_title: str | Promise
    back_text: str | Promise
    back_link: str | Promise
    back_url_name: str  # signed out: where one gets a frozen account back
    frozen_url_name: str  # where somebody is led who signs in to a frozen account


_rescues: list[Rescue] = []


def register_rescue(rescue: Rescue) -> None:
    """There is one. Raises ValueError for a second."""
    if _rescues and _rescues != [rescue]:
        raise ValueError("there is a rescue already")
    _rescues[:] = [rescue]


def get_rescue() -> Rescue | None:
    return _rescues[0] if _rescues else None


def read_frozen_page() -> str:
    """The name of the page for somebody whose account is frozen."""
    rescue = get_rescue()
    return rescue.frozen_url_name if rescue else "accounts:not_me"
