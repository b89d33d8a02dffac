# SPDX-License-Identifier: Apache-2.0
"""A new e-mail address, by a code that is sent to it."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from satupintu.foundation.errors import Refusal
from satupintu.trust.accounts import actions, forms, queries
from satupintu.trust.accounts.access import SignedInRequest, freshly_proved

from .authenticator import say

NEW_EMAIL = "accounts.new_email"


def _start(request: HttpRequest, email: str) -> None:
    pending = actions.start_sign_up(
        email=email,
        language=get_language() or "id",
        origin=queries.get_origin(request),
        at=timezone.now(),
        purpose="email",
    )
    request.session[NEW_EMAIL] = pending.as_json()


@freshly_proved
@require_http_methods(["GET", "POST"])
def change_email(request: SignedInRequest) -> HttpResponse:
    form = forms.ChangeEmailForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        if form.cleaned_data["email"] == request.user.email:
            return redirect("accounts:security")
        _start(request, form.cleaned_data["email"])
        return redirect("accounts:email_code")
    return render(
        request, "accounts/change_email.html", {"form": form}, status=422 if form.errors else 200
    )


@freshly_proved
@require_http_methods(["GET", "POST"])
def email_code(request: SignedInRequest) -> HttpResponse:
    at = timezone.now()
    pending = actions.Pending.read(request.session.get(NEW_EMAIL))
    if pending is None:
        return redirect("accounts:security")
    form = forms.EmailCodeForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            actions.confirm_code(
                pending=pending,
                typed=form.cleaned_data["code"],
                origin=queries.get_origin(request),
                at=at,
            )
            actions.change_email(
                account_id=request.user.pk,
                email=pending.email,
                origin=queries.get_origin(request),
                session_id=queries.get_session_id(session=request.session),
                at=at,
            )
        except Refusal as refusal:
            forms.add_refusal(form, refusal, "code")
        else:
            del request.session[NEW_EMAIL]
            say(request, _("Your new address is saved. We told the old one."))
            return redirect("accounts:security")
    return render(
        request,
        "accounts/email_code.html",
        {
            "form": form,
            "email": pending.email,
            "step": None,
            "again": reverse("accounts:email_code_again"),
            "other": reverse("accounts:change_email"),
        },
        status=422 if form.errors else 200,
    )


@freshly_proved
@require_POST
def email_code_again(request: SignedInRequest) -> HttpResponse:
    pending = actions.Pending.read(request.session.get(NEW_EMAIL))
    if pending is None:
        return redirect("accounts:security")
    _start(request, pending.email)
    say(request, _("We sent a new code. Earlier ones no longer work."))
    return redirect("accounts:email_code")
