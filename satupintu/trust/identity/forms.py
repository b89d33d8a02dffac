# SPDX-License-Identifier: Apache-2.0
"""Shapes of what is typed by whoever makes sure of a person. Rules are checked by the actions."""

from django import forms
from django.utils.translation import gettext_lazy as _

from .rules import Paper

PAPERS = {
    Paper.ID_CARD_IN_REGISTER: _("Identity card, and found in the population register"),
    Paper.ID_CARD: _("Identity card"),
    Paper.PASSPORT: _("Passport"),
    Paper.RESIDENCE_PERMIT: _("Residence permit with a photo"),
    Paper.WITHOUT_PHOTO: _("Family card or birth certificate, without a photo"),
}


class CodeForm(forms.Form):
    code = forms.CharField(
        label=_("The code on her phone or paper"),
        help_text=_("Eight letters and digits. Spaces and capitals do not matter."),
        max_length=40,
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "characters"}),
        error_messages={"required": _("Type the code that the person shows you.")},
    )


class SeenForm(forms.Form):
    """What staff saw. The code travels along hidden: it is asked again, of the same person."""

    code = forms.CharField(max_length=40, widget=forms.HiddenInput)
    paper = forms.ChoiceField(
        label=_("What did she show you?"),
        choices=[(paper.value, words) for paper, words in PAPERS.items()],
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose what the person showed you.")},
    )
    sure = forms.BooleanField(
        label=_(
            "I saw the original. The name is the one above, and I compared her face where the "
            "paper has a photo. She is no relative of mine."
        ),
        error_messages={"required": _("Confirm only what you saw yourself.")},
    )
