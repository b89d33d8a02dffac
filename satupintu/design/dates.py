# SPDX-License-Identifier: Apache-2.0
"""A date as three boxes: known dates are typed faster than picked, and bear any browser."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _


class DayMonthYear(forms.Widget):
    """Day, month and year as `name_0`, `name_1`, `name_2`; drawn by `design/fields.html`."""

    def get_parts(self, value: object) -> tuple[str, str, str]:
        if isinstance(value, date):
            return str(value.day), str(value.month), str(value.year)
        if isinstance(value, tuple | list) and len(value) == 3:
            day, month, year = (str(part or "") for part in value)
            return day, month, year
        return "", "", ""

    def value_from_datadict(self, data: Mapping[str, Any], files: object, name: str) -> object:
        return tuple(str(data.get(f"{name}_{index}", "")).strip() for index in range(3))

    def value_omitted_from_data(self, data: Mapping[str, Any], files: object, name: str) -> bool:
        return not any(f"{name}_{index}" in data for index in range(3))

    def format_value(self, value: object) -> str:
        return "-".join(reversed(self.get_parts(value)))


class DayMonthYearField(forms.Field):
    """Cleans to a `date`. What was typed comes back as typed when it is no date."""

    widget = DayMonthYear
    default_error_messages = {
        "invalid": _("Enter a real date, for example 27 3 1988."),
        "incomplete": _("Enter the day, the month and the year."),
    }

    def to_python(self, value: object) -> date | None:
        if isinstance(value, date):
            return value
        if not isinstance(value, tuple) or not any(value):
            return None
        if not all(value):
            raise forms.ValidationError(self.error_messages["incomplete"], code="incomplete")
        day, month, year = value
        if not (all(part.isascii() and part.isdigit() for part in value) and len(year) == 4):
            raise forms.ValidationError(self.error_messages["invalid"], code="invalid")
        try:
            return date(int(year), int(month), int(day))
        except (ValueError, OverflowError) as error:
            raise forms.ValidationError(self.error_messages["invalid"], code="invalid") from error
