# SPDX-License-Identifier: Apache-2.0
"""Shapes of what is typed by whoever makes sure of a person. Rules are checked by the actions."""

from django import forms
from django.utils.translation import gettext_lazy as _

from .queries import PAPERS


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


class VouchForm(forms.Form):
    """Her word. Each part is said apart, so that nobody ticks what she did not read."""

    code = forms.CharField(max_length=40, widget=forms.HiddenInput)
    knows = forms.BooleanField(
        label=_("I have known this person for a long time, and this is her name."),
        error_messages={"required": _("Vouch only for somebody you know well.")},
    )
    no_kin = forms.BooleanField(
        label=_(
            "She is no relative of mine: no parent, child, brother, sister, husband, wife or in-law."
        ),
        error_messages={
            "required": _("Relatives cannot vouch for each other. Somebody else must.")
        },
    )
    serious = forms.BooleanField(
        label=_("I know that a false word is punishable, and that I answer for it."),
        error_messages={"required": _("Vouch only if you answer for your word.")},
    )


class CommunityForm(forms.Form):
    name = forms.CharField(
        label=_("Name of the community"),
        help_text=_("As people there call it, for example a village or an association."),
        max_length=120,
        error_messages={"required": _("Type the name of the community.")},
    )


class EnrolForm(forms.Form):
    community = forms.ChoiceField(
        label=_("Community"), error_messages={"required": _("Choose a community.")}
    )
    email = forms.EmailField(
        label=_("E-mail address of her account"),
        error_messages={
            "required": _("Type the e-mail address of her account."),
            "invalid": _("Type an e-mail address like name@example.com."),
        },
    )
    reason = forms.CharField(
        label=_("Why this person?"),
        help_text=_("Who chose her, and how you know. A colleague reads it and decides with you."),
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": _("Say why, in one sentence.")},
    )


class RevokeForm(forms.Form):
    reason = forms.CharField(
        label=_("Why?"),
        help_text=_("One sentence. It is kept, and never shown to the people she vouched for."),
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": _("Say why, in one sentence.")},
    )
