# SPDX-License-Identifier: Apache-2.0
from datetime import datetime
from typing import Any
from uuid import UUID

from django import forms
from django.utils.translation import gettext_lazy as _

from satupintu.design.dates import DayMonthYearField
from satupintu.foundation.audit import queries as audit
from satupintu.trust.agencies import queries as agencies

from .purposes import list_choices


class LogFilterForm(forms.Form):
    """Which lines of the access log to show."""

    q = forms.CharField(label=_("Words"), required=False, max_length=100)
    agency = forms.ChoiceField(label=_("Agency"), required=False)
    kind = forms.ChoiceField(label=_("Occasion"), required=False)
    since = DayMonthYearField(label=_("From"), required=False)
    until = DayMonthYearField(label=_("Until"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        names = [(agency.slug, agency.name) for agency in agencies.list_agencies()]
        self.fields["agency"].choices = [("", _("All agencies")), *names]  # type: ignore[attr-defined]
        self.fields["kind"].choices = [("", _("Every occasion")), *list_choices()]  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        since, until = cleaned.get("since"), cleaned.get("until")
        if since and until and since > until:
            self.add_error("until", _("This day must not be before the first one."))
        return cleaned


def read_cursor(text: str) -> audit.Cursor | None:
    """A place in the log as the address has it; None where it is none."""
    moment, _sign, number = text.partition("_")
    try:
        at = datetime.fromisoformat(moment)
        return audit.Cursor(at=at, id=UUID(number)) if at.tzinfo else None
    except ValueError:
        return None


def write_cursor(cursor: audit.Cursor) -> str:
    return f"{cursor.at.isoformat()}_{cursor.id}"
