# SPDX-License-Identifier: Apache-2.0
"""For somebody who cannot get in."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from satupintu.foundation.errors import Refusal
from satupintu.trust.accounts import actions, forms, queries
from satupintu.trust.accounts.access import public

from .authenticator import say

RESET = "accounts.reset"


def _start(request: HttpRequest, email: str) -> None:
    pending = actions.start_recovery(
        email=email,
        language=get_language() or "id",
        origin=queries.get_origin(request),
        at=timezone.now(),
    )
    request.session[RESET] = pending.as_json()


def _read_pending(request: HttpRequest) -> actions.Pending | None:
    pending = actions.Pending.read(request.session.get(RESET))
    fresh = pending is not None and actions.is_fresh(pending, at=timezone.now())
    return pending if fresh else None


@public
@never_cache
def locked_out(request: HttpRequest) -> HttpResponse:
    """What helps in which case, said honestly."""
    return render(request, "accounts/locked_out.html")


@public
@never_cache
@require_http_methods(["GET", "POST"])
def reset(request: HttpRequest) -> HttpResponse:
    form = forms.AskResetForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        _start(request, form.cleaned_data["email"])
        return redirect("accounts:reset_code")
    return render(
        request, "accounts/reset.html", {"form": form}, status=422 if form.errors else 200
    )


@public
@never_cache
@require_http_methods(["GET", "POST"])
def reset_code(request: HttpRequest) -> HttpResponse:
    pending = _read_pending(request)
    if pending is None:
        return redirect("account_reset_password")
    if pending.confirmed_at:
        return redirect("accounts:reset_new")
    form = forms.EmailCodeForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            confirmed = actions.confirm_code(
                pending=pending,
                typed=form.cleaned_data["code"],
                origin=queries.get_origin(request),
                at=timezone.now(),
            )
        except Refusal as refusal:
            forms.add_refusal(form, refusal, "code")
        else:
            request.session.cycle_key()
            request.session[RESET] = confirmed.as_json()
            return redirect("accounts:reset_new")
    return render(
        request,
        "accounts/email_code.html",
        {
            "form": form,
            "email": pending.email,
            "step": None,
            "again": reverse("accounts:reset_code_again"),
            "other": reverse("account_reset_password"),
        },
        status=422 if form.errors else 200,
    )


@public
@never_cache
@require_POST
def reset_code_again(request: HttpRequest) -> HttpResponse:
    pending = actions.Pending.read(request.session.get(RESET))
    if pending is None:
        return redirect("account_reset_password")
    if not pending.confirmed_at:
        _start(request, pending.email)
        say(request, _("We sent a new code. Earlier ones no longer work."))
    return redirect("accounts:reset_code")


@public
@never_cache
@sensitive_post_parameters("password", "code")
@require_http_methods(["GET", "POST"])
def reset_new(request: HttpRequest) -> HttpResponse:
    """The new password, and the second proof where the account has one. Never signs in."""
    at = timezone.now()
    pending = _read_pending(request)
    account = actions.get_recovering_account(pending=pending) if pending else None
    if pending is None or account is None:
        return redirect("account_reset_password")
    guards = queries.get_guards(account_id=account.pk)
    form = forms.ResetForm(
        request.POST or None,
        minimum=actions.get_minimum(with_second_factor=guards.has_second_factor, at=at),
        needs_code=guards.has_second_factor,
    )
    status = 200
    if request.method == "POST" and form.is_valid():
        try:
            actions.reset_password(
                account=account,
                pending=pending,
                typed=form.cleaned_data["password"],
                second=form.cleaned_data.get("code", ""),
                origin=queries.get_origin(request),
                at=at,
            )
        except actions.CodeExpired:
            # Another press of the button was quicker.
            return redirect("account_reset_password")
        except (
            actions.PasswordTooShort,
            actions.PasswordTooLong,
            actions.PasswordTooCommon,
            actions.PasswordPersonal,
        ) as refusal:
            status = forms.add_refusal(form, refusal, "password")
        except Refusal as refusal:
            status = forms.add_refusal(form, refusal, "code")
        else:
            del request.session[RESET]
            say(request, _("Your new password is saved. Sign in with it."))
            return redirect("account_login")
    elif request.method == "POST":
        status = 422
    return render(
        request,
        "accounts/reset_new.html",
        {"form": form, "guards": guards, "email": account.email},
        status=status,
    )
