# SPDX-License-Identifier: Apache-2.0
"""The shape of what a person types. Whether it is right, only the agency knows."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from satupintu.dealings.exchange.actions import Question
from satupintu.design.dates import DayMonthYearField


class SearchForm(forms.Form):
    q = forms.CharField(label=_("Search for an agency or a service"), required=False)

    def get_words(self) -> list[str]:
        """What to look for, in small letters; nothing for an empty or absurd search."""
        typed = self.data.get("q", "")[:100]
        return typed.replace("\x00", "").casefold().split()


class CodeForm(forms.Form):
    """What was typed comes back as typed."""

    code = forms.CharField(
        label=_("Linking code"),
        help_text=_("For example K7PM 2XRD 94QT. Spaces and small letters do not matter."),
        # Long enough for any way to write twelve characters, short enough to come back.
        max_length=60,
        strip=False,
        error_messages={
            "required": _("Enter the code. It has twelve letters and digits."),
            "max_length": _("The code has twelve letters and digits. Compare it with the letter."),
        },
        widget=forms.TextInput(attrs={"autocomplete": "one-time-code"}),
    )


class ConfirmForm(forms.Form):
    """Which proof the page showed, and what the person decided."""

    attempt = forms.UUIDField(widget=forms.HiddenInput)
    choice = forms.ChoiceField(choices=[("agree", ""), ("cancel", "")], widget=forms.HiddenInput)


class AnswersForm(forms.Form):
    """An agency's own questions, in its own words. Answers are passed on and kept nowhere."""

    def __init__(
        self,
        data: Mapping[str, Any] | None = None,
        *,
        questions: Sequence[Question],
        language: str,
    ) -> None:
        super().__init__(data)
        for question in questions:
            self.fields[question.id] = _make_field(question, language=language)

    def get_answers(self) -> dict[str, str]:
        """As the contract wants them: text, a date as 1988-08-17."""
        return {
            name: value.isoformat() if isinstance(value, date) else str(value)
            for name, value in self.cleaned_data.items()
        }


def _make_field(question: Question, *, language: str) -> forms.Field:
    label = question.label.say_in(language)
    shared: dict[str, Any] = {
        "label": label,
        "help_text": question.hint.say_in(language) if question.hint else "",
    }
    missing = _("Please fill in: %(question)s") % {"question": label}
    if question.kind == "date":
        return DayMonthYearField(error_messages={"required": missing}, **shared)
    attributes = {"autocomplete": "off"}
    if question.kind == "number":
        # Text all the same: such numbers start with zeros and are written with dots.
        attributes["inputmode"] = "numeric"
    return forms.CharField(
        max_length=question.max_length,
        error_messages={
            "required": missing,
            "max_length": _("This answer is too long. Compare it with a document of the agency."),
        },
        widget=forms.TextInput(attrs=attributes),
        **shared,
    )
