# SPDX-License-Identifier: Apache-2.0
"""Made-up content for the living page of components."""

from dataclasses import dataclass

from django import forms
from django.core.paginator import Page, Paginator
from django.utils.translation import gettext_lazy as _

from satupintu.design.dates import DayMonthYearField


class GalleryForm(forms.Form):
    """One field of every kind. Send it empty to see errors."""

    code = forms.CharField(
        label=_("Linking code"),
        help_text=_("For example K7PM 2XRD 94QT. Spaces and small letters do not matter."),
        error_messages={"required": _("Enter the code from the letter.")},
        widget=forms.TextInput(attrs={"autocomplete": "one-time-code"}),
    )
    digits = forms.CharField(
        label=_("Six-digit code"),
        error_messages={"required": _("Enter the six digits.")},
    )
    email = forms.EmailField(
        label=_("E-mail address"), error_messages={"required": _("Enter an e-mail address.")}
    )
    password = forms.CharField(
        label=_("Password"),
        help_text=_("15 characters or more. A sentence is easy to remember."),
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        error_messages={"required": _("Choose a password.")},
    )
    born_on = DayMonthYearField(
        label=_("Date of birth"),
        help_text=_("For example 27 3 1988"),
        error_messages={"required": _("Enter a date of birth.")},
    )
    way = forms.ChoiceField(
        label=_("How do you want to find your record?"),
        choices=[("code", _("I have a code")), ("questions", _("I answer some questions"))],
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose one of the two.")},
    )
    province = forms.ChoiceField(
        label=_("Province"),
        choices=[("", _("Choose a province")), ("pp", "Pasir Putih"), ("tl", "Teluk Lama")],
        required=False,
    )
    topics = forms.MultipleChoiceField(
        label=_("Write to me about"),
        choices=[("tax", _("Tax")), ("health", _("Health")), ("school", _("School"))],
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )
    words = forms.CharField(
        label=_("What happened?"), max_length=200, widget=forms.Textarea, required=False
    )
    document = forms.FileField(
        label=_("Document"), help_text=_("A PDF of up to 10 MB"), required=False
    )
    agreed = forms.BooleanField(
        label=_("I agree that the tax office sees my e-mail address"),
        error_messages={"required": _("Agree first, or go back.")},
    )


@dataclass(frozen=True, slots=True)
class Gallery:
    page: Page


def get_gallery() -> Gallery:
    return Gallery(page=Paginator(range(60), 20).page(2))
