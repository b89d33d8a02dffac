# SPDX-License-Identifier: Apache-2.0
from django import forms
from django.utils.translation import gettext_lazy as _


class FilterForm(forms.Form):
    """What the address of the list says. Nonsense in it shows the whole list, never an error."""

    q = forms.CharField(label=_("Search your letters"), required=False, max_length=100)
    box = forms.ChoiceField(choices=[("", ""), ("archive", "")], required=False)
    page = forms.IntegerField(min_value=1, max_value=100_000, required=False)

    @property
    def search(self) -> str:
        return self.cleaned_data.get("q", "")

    @property
    def is_archive(self) -> bool:
        return self.cleaned_data.get("box") == "archive"

    @property
    def number(self) -> int:
        return self.cleaned_data.get("page") or 1
