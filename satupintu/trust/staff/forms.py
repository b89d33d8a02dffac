# SPDX-License-Identifier: Apache-2.0
"""Shapes of what staff type. Rules are checked by the actions."""

import json
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from . import actions, rules
from .models import StaffMember
from .queries import OnDuty

ROLE_NAMES = dict(StaffMember.Role.choices)


class CredentialForm(forms.Form):
    """What a script of ours puts in: the browser's answer, as JSON."""

    credential = forms.CharField(max_length=20_000, widget=forms.HiddenInput)

    def clean_credential(self) -> dict[str, Any]:
        refused = str(actions.PasskeyRefused.message)
        try:
            answer = json.loads(self.cleaned_data["credential"])
        except (ValueError, RecursionError) as error:
            raise forms.ValidationError(refused) from error
        if not isinstance(answer, dict):
            raise forms.ValidationError(refused)
        return answer


class RoleForm(forms.Form):
    role = forms.ChoiceField(
        label=_("What they do here"),
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose what they do here.")},
    )

    def __init__(self, *args: Any, roles: tuple[str, ...], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["role"].choices = [(role, ROLE_NAMES[role]) for role in roles]  # type: ignore[attr-defined]


class InviteForm(RoleForm):
    full_name = forms.CharField(
        label=_("Full name"),
        max_length=200,
        error_messages={"required": _("Type the name of your colleague.")},
    )
    email = forms.EmailField(
        label=_("Work e-mail address"),
        help_text=_("The way in is sent there, and only there."),
        error_messages={
            "required": _("Type a work e-mail address."),
            "invalid": _("Type an e-mail address like name@example.com."),
        },
    )
    agency = forms.ChoiceField(
        label=_("Agency"),
        help_text=_("Stewards belong to none."),
        required=False,
    )
    field_order = ("full_name", "email", "role", "agency")

    def __init__(
        self, *args: Any, duty: OnDuty, agencies: list[tuple[str, str]], **kwargs: Any
    ) -> None:
        super().__init__(*args, roles=rules.get_roles_to_give(duty.role), **kwargs)
        if duty.role == rules.STEWARD:
            self.fields["agency"].choices = [("", _("None")), *agencies]  # type: ignore[attr-defined]
        else:
            del self.fields["agency"]


class ReasonForm(forms.Form):
    reason = forms.CharField(
        label=_("Why?"),
        help_text=_("One sentence. It is kept, and colleagues who decide with you read it."),
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": _("Say why, in one sentence.")},
    )


class SuspendForm(ReasonForm):
    """`choices` where what may be suspended can be listed; else it is typed."""

    target = forms.CharField(max_length=254)
    field_order = ("target", "reason")

    def __init__(
        self,
        *args: Any,
        label: Any,
        choices: list[tuple[str, str]] | None,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        missing = {"required": _("Say what to suspend.")}
        if choices is None:
            self.fields["target"] = forms.EmailField(
                label=label,
                error_messages=missing
                | {"invalid": _("Type an e-mail address like name@example.com.")},
            )
        else:
            self.fields["target"] = forms.ChoiceField(
                label=label, choices=[("", "-"), *choices], error_messages=missing
            )
        self.order_fields(self.field_order)


def add_refusal(form: forms.Form, refusal: Exception) -> None:
    """Show a refusal above a form, also one that was never sent."""
    if not form.is_bound:
        form.is_bound, form.data = True, {}  # type: ignore[assignment]
        form.full_clean()
        form.errors.clear()
    form.add_error(None, str(refusal))
