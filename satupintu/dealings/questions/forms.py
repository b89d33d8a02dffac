# SPDX-License-Identifier: Apache-2.0
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from . import rules

_NOT_PLAIN = _("Write plain words without hidden signs.")


class PlainTextField(forms.CharField):
    """Words and newlines, nothing that steers others."""

    def __init__(self, *, longest: int, **kwargs: Any) -> None:
        self._longest = longest
        too_long = {"max_length": _("Write at most %(limit_value)d characters.")}
        kwargs["error_messages"] = too_long | kwargs.get("error_messages", {})
        super().__init__(max_length=longest, widget=forms.Textarea(attrs={"rows": 4}), **kwargs)

    def clean(self, value: Any) -> str:
        try:
            return rules.clean_text(super().clean(value), longest=self._longest)
        except ValueError as error:
            raise forms.ValidationError(_NOT_PLAIN) from error


class AskForm(forms.Form):
    """What the person wants to add to "why?"."""

    text = PlainTextField(
        longest=rules.LONGEST_QUESTION,
        label=_("Anything you want to add?"),
        help_text=_("You may leave this empty. The question itself is asked for you."),
        required=False,
    )


class AnswerForm(forms.Form):
    """A staff member's answer."""

    answer = PlainTextField(
        longest=rules.LONGEST_ANSWER,
        label=_("Your answer"),
        help_text=_("Plain words. Say what was looked at, and why. Name no colleague."),
        error_messages={"required": _("Write an answer.")},
    )
    language = forms.ChoiceField(
        label=_("Language of your answer"),
        choices=[("id", "Bahasa Indonesia"), ("en", "English")],
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose the language of your answer.")},
    )
