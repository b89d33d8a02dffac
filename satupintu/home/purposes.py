# SPDX-License-Identifier: Apache-2.0
"""The occasions by which a person sorts her access log. A purpose that is not named here is
"something else": shown like all others, and found under that."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

OTHER = "other"
_KINDS: dict[str, str | Promise] = {
    "signin": _("When you signed in at an agency"),
    "linking": _("When you added a service"),
    "proofing": _("When somebody made sure who you are"),
}


def list_choices() -> list[tuple[str, str | Promise]]:
    """Kind and words, for a form."""
    return [*_KINDS.items(), (OTHER, _("Something else"))]


def list_named() -> tuple[str, ...]:
    """The purpose codes that have words here."""
    return tuple(_KINDS)
