# SPDX-License-Identifier: Apache-2.0
"""Shapes of what is typed. Rules are checked by the actions."""

from django import forms
from django.utils.translation import gettext_lazy as _

from satupintu.trust.identity import queries as identity


class NumberForm(forms.Form):
    number = forms.CharField(
        label=_("Number of the case"),
        help_text=_("Eight letters and digits, like K7PM 2XRD."),
        max_length=40,
        error_messages={"required": _("Type the number of the case.")},
    )


class AddressForm(forms.Form):
    email = forms.EmailField(
        label=_("Your e-mail address"),
        help_text=_("One that nobody else reads. It may be a new one."),
        error_messages={
            "required": _("Type your e-mail address."),
            "invalid": _("Type an e-mail address like name@example.com."),
        },
    )


class RenewForm(forms.Form):
    """`needs_code`: until the address was confirmed."""

    code = forms.CharField(
        label=_("Code from the e-mail"),
        max_length=20,
        error_messages={"required": _("Type the six digits from the e-mail.")},
    )
    password = forms.CharField(
        label=_("New password"),
        widget=forms.PasswordInput,
        max_length=1000,
        strip=False,
        error_messages={"required": _("Choose a new password.")},
    )

    def __init__(self, *args: object, needs_code: bool, minimum: int, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        if not needs_code:
            del self.fields["code"]
        self.fields["password"].help_text = _(
            "At least %(minimum)s characters; a short sentence is easy to remember."
        ) % {"minimum": minimum}


class ScreenForm(forms.Form):
    """First the code on her screen: it shows the name to compare."""

    screen_code = forms.CharField(
        label=_("Code on the person's screen"),
        help_text=_("Read it there yourself. Never take it by telephone or e-mail."),
        max_length=40,
        error_messages={"required": _("Type the code that stands on the person's screen.")},
    )


class SeenForm(forms.Form):
    """Then what was seen. The code travels along hidden, and is asked again."""

    screen_code = forms.CharField(max_length=40, widget=forms.HiddenInput)
    paper = forms.ChoiceField(
        label=_("What did she show you?"),
        choices=[(paper.value, words) for paper, words in identity.PAPERS.items()],
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
    reason = forms.CharField(
        label=_("What did you look at?"),
        help_text=_(
            "One sentence, for the colleague who decides with you. No numbers of cards, no names."
        ),
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": _("Say what you looked at, in one sentence.")},
    )


class CallerForm(forms.Form):
    email = forms.EmailField(
        label=_("E-mail address of the account"),
        error_messages={
            "required": _("Type the e-mail address of the account."),
            "invalid": _("Type an e-mail address like name@example.com."),
        },
    )
