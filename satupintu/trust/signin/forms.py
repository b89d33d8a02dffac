# SPDX-License-Identifier: Apache-2.0
from collections.abc import Collection
from typing import TYPE_CHECKING

from django import forms
from django.utils.translation import gettext as _

if TYPE_CHECKING:
    from satupintu.trust.accounts.models import Account


class OfferedForm(forms.Form):
    """What a person may let an agency know besides; nothing is ticked for her (UU 27/2022,
    art. 22: consent is explicit)."""

    def __init__(self, *, offered: Collection[str], person: "Account") -> None:
        super().__init__()
        words = {
            "full_name": _("Your name: %(name)s") % {"name": person.full_name or "-"},
            "email": _("Your e-mail address: %(email)s") % {"email": person.email},
        }
        self.fields["also"] = forms.MultipleChoiceField(
            label=_("You may let it know more"),
            help_text=_("Only if you want to. You can sign in without it."),
            choices=[(name, words[name]) for name in words if name in offered],
            widget=forms.CheckboxSelectMultiple,
            required=False,
        )
