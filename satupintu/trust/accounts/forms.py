# SPDX-License-Identifier: Apache-2.0
"""Shapes of what people type about their account. Rules are checked by the actions."""

import json
from typing import Any
from unicodedata import normalize

from django import forms
from django.conf import settings
from django.utils.translation import get_language_info
from django.utils.translation import gettext_lazy as _

from satupintu.foundation.errors import Refusal
from satupintu.trust.accounts import actions

CODE = {"autocomplete": "one-time-code", "inputmode": "numeric"}


class EmailField(forms.EmailField):
    """One spelling of an address: trimmed, lower case, its domain as mail servers write it."""

    def __init__(self, *, autocomplete: str = "email", **options: Any) -> None:
        options.setdefault("label", _("E-mail address"))
        options.setdefault(
            "error_messages",
            {
                "required": _("Type your e-mail address."),
                "invalid": _("Type an e-mail address like name@example.com."),
                "max_length": _("Type an e-mail address like name@example.com."),
            },
        )
        super().__init__(
            max_length=254, widget=forms.EmailInput(attrs={"autocomplete": autocomplete}), **options
        )

    def clean(self, value: Any) -> str:
        mailbox, _at, domain = str(super().clean(value)).rpartition("@")
        try:
            domain = normalize("NFKC", domain).encode("idna").decode("ascii")
        except UnicodeError as error:
            raise forms.ValidationError(self.error_messages["invalid"]) from error
        address = f"{mailbox}@{domain}".lower()
        self.run_validators(address)
        return address


def _password(*, label: Any, autocomplete: str, required: Any, **options: Any) -> forms.CharField:
    return forms.CharField(
        label=label,
        # A space at either end may be part of a password.
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": autocomplete}),
        error_messages={"required": required},
        **options,
    )


class SignUpForm(forms.Form):
    full_name = forms.CharField(
        label=_("Full name"),
        help_text=_("As on your identity card. One name is enough if you have one."),
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
        error_messages={"required": _("Type your name.")},
    )
    email = EmailField(help_text=_("We send a code there to be sure that it is yours."))

    def clean_full_name(self) -> str:
        try:
            return actions.clean_name(self.cleaned_data["full_name"])
        except Refusal as refusal:
            raise forms.ValidationError(str(refusal)) from refusal


class EmailCodeForm(forms.Form):
    code = forms.CharField(
        label=_("Six-digit code"),
        widget=forms.TextInput(attrs=CODE),
        error_messages={"required": _("Type the six digits from our e-mail.")},
    )


class NewPasswordForm(forms.Form):
    # Invisible to the eye, but a password manager needs to know whose password it keeps.
    password = _password(
        label=_("Password"),
        autocomplete="new-password",
        required=_("Choose a password."),
    )

    def __init__(self, *args: Any, minimum: int, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["password"].help_text = _(
            "At least %(minimum)s characters. A few words in a row are easy to remember and hard "
            "to guess."
        ) % {"minimum": minimum}


class SignInForm(forms.Form):
    email = EmailField(autocomplete="username webauthn")
    password = _password(
        label=_("Password"), autocomplete="current-password", required=_("Type your password.")
    )


class AppCodeForm(forms.Form):
    code = forms.CharField(
        label=_("Code from the app"),
        help_text=_("Six digits. It changes every 30 seconds."),
        widget=forms.TextInput(attrs=CODE),
        error_messages={"required": _("Type the six digits that your app shows.")},
    )


class SecondFactorForm(forms.Form):
    code = forms.CharField(
        label=_("Code"),
        help_text=_("Six digits from your authenticator app, or one of your recovery codes."),
        widget=forms.TextInput(attrs={"autocomplete": "one-time-code"}),
        error_messages={"required": _("Type a code from your app, or a recovery code.")},
    )


class ConfirmForm(forms.Form):
    """What is still needed to be sure that it is the person: a password, a code, or both."""

    password = _password(
        label=_("Password"), autocomplete="current-password", required=_("Type your password.")
    )
    code = forms.CharField(
        label=_("Code"),
        help_text=_("Six digits from your authenticator app, or one of your recovery codes."),
        widget=forms.TextInput(attrs={"autocomplete": "one-time-code"}),
        error_messages={"required": _("Type a code from your app, or a recovery code.")},
    )

    def __init__(self, *args: Any, needs_password: bool, needs_code: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not needs_password:
            del self.fields["password"]
        if not needs_code:
            del self.fields["code"]


class AskResetForm(forms.Form):
    email = EmailField(autocomplete="username")


class ResetForm(NewPasswordForm):
    code = forms.CharField(
        label=_("Second proof"),
        help_text=_("Six digits from your authenticator app, or one of your recovery codes."),
        widget=forms.TextInput(attrs={"autocomplete": "one-time-code"}),
        error_messages={"required": _("Type a code from your app, or a recovery code.")},
    )

    def __init__(self, *args: Any, needs_code: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not needs_code:
            del self.fields["code"]


class ChangeEmailForm(forms.Form):
    email = EmailField(
        label=_("New e-mail address"),
        help_text=_("We send a code there to be sure that it is yours."),
    )


class PauseForm(forms.Form):
    """What was typed comes back as typed."""

    code = forms.CharField(
        label=_("Pause code"),
        help_text=_("Twenty letters and digits, from the letter or e-mail that told you."),
        # Long enough for any way to write twenty characters, short enough to come back.
        max_length=80,
        strip=False,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        error_messages={
            "required": _("Type the code from the letter or e-mail."),
            "max_length": _("The code has twenty letters and digits. Compare it with the letter."),
        },
    )


class NameForm(forms.Form):
    full_name = SignUpForm.base_fields["full_name"]
    clean_full_name = SignUpForm.clean_full_name


class LanguageForm(forms.Form):
    language = forms.ChoiceField(
        label=_("Language"),
        # Each in its own words, for somebody who cannot read the page.
        choices=[(code, get_language_info(code)["name_local"]) for code, _n in settings.LANGUAGES],
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose a language.")},
    )


class PasskeyForm(forms.Form):
    """What a script of ours puts in: the browser's answer, as JSON."""

    credential = forms.CharField(max_length=20_000, widget=forms.HiddenInput)

    def clean_credential(self) -> dict[str, Any]:
        try:
            answer = json.loads(self.cleaned_data["credential"])
        except (ValueError, RecursionError) as error:
            raise forms.ValidationError(str(actions.PasskeyRefused.message)) from error
        if not isinstance(answer, dict):
            raise forms.ValidationError(str(actions.PasskeyRefused.message))
        return answer


def add_refusal(form: forms.Form, refusal: Refusal, field: str | None = None) -> int:
    """Show a refusal at a field or at the whole form, also where nothing of the form was sent
    because a passkey was. Answers the status of the page."""
    if not form.is_bound:
        form.is_bound, form.data = True, {}
        form.full_clean()
        form.errors.clear()
    form.add_error(field, str(refusal))
    return refusal.status
