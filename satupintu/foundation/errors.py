# SPDX-License-Identifier: Apache-2.0
"""An expected "no", in words for the person who hears it."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


class Refusal(Exception):
    """An expected "no". Subclasses stand beside the action that raises them.

    `code` is for machines and never changes; `message` is for people, in both languages;
    `status` is what an API answers (RFC 9110).
    """

    code: str = "refused"
    message: str | Promise = _("This is not possible.")
    status: int = 422

    def __init__(self, message: str | Promise | None = None) -> None:
        if message is not None:
            self.message = message
        super().__init__(self.code)

    def __str__(self) -> str:
        return str(self.message)
