# SPDX-License-Identifier: Apache-2.0
"""Get a frozen account back: number, code on the screen, counter, new address and password.

Nobody is signed in here until the last step. What this browser may do, its session alone holds.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_safe

from satupintu.dealings.protection import actions, forms, queries
from satupintu.foundation.errors import Refusal
from satupintu.trust.accounts import actions as accounts
from satupintu.trust.accounts import queries as people
from satupintu.trust.accounts.access import public

BROWSER = "protection.browser"
PENDING = "protection.address"


@public
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def begin(request: HttpRequest) -> HttpResponse:
    form = forms.NumberForm(request.POST if request.method == "POST" else None)
    status = 422 if form.errors else 200
    if form.is_valid():
        try:
            started = actions.start_restoration(
                number=form.cleaned_data["number"],
                origin=people.get_origin(request),
                at=timezone.now(),
            )
        except actions.TooManyStarts as refusal:
            form.add_error(None, str(refusal))
            status = refusal.status
        else:
            request.session.cycle_key()
            request.session[BROWSER] = {
                "account_id": str(started.account_id),
                "restoration_id": str(started.restoration_id),
                "secret": started.secret,
                "code": started.code,
            }
            return redirect("protection:back_code")
    return render(request, "protection/back.html", {"form": form}, status=status)


def _is_approved(browser: Mapping[str, Any], at: datetime) -> bool:
    return queries.is_approved(
        account_id=UUID(browser["account_id"]),
        restoration_id=UUID(browser["restoration_id"]),
        at=at,
    )


@public
@never_cache
@require_safe
def show_code(request: HttpRequest) -> HttpResponse:
    browser = request.session.get(BROWSER)
    if not browser:
        return redirect("protection:back")
    if _is_approved(browser, timezone.now()):
        return redirect("protection:back_address")
    context = {"code": browser["code"], "has_asked": "again" in request.GET}
    return render(request, "protection/back_code.html", context)


@public
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def name_address(request: HttpRequest) -> HttpResponse:
    """Her mailbox: the one of the account may be the thief's."""
    at = timezone.now()
    browser = request.session.get(BROWSER)
    if not browser or not _is_approved(browser, at):
        return redirect("protection:back")
    form = forms.AddressForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        pending = accounts.start_renewal(
            email=form.cleaned_data["email"],
            language=get_language() or "id",
            origin=people.get_origin(request),
            at=at,
        )
        request.session[PENDING] = pending.as_json()
        return redirect("protection:back_new")
    return render(
        request,
        "protection/back_address.html",
        {"form": form},
        status=422 if form.errors else 200,
    )


@public
@never_cache
@sensitive_post_parameters("password", "code")
@require_http_methods(["GET", "HEAD", "POST"])
def choose_password(request: HttpRequest) -> HttpResponse:
    at = timezone.now()
    browser = request.session.get(BROWSER)
    pending = accounts.Pending.read(request.session.get(PENDING))
    if not browser or not _is_approved(browser, at):
        return redirect("protection:back")
    if pending is None or not accounts.is_fresh(pending, at=at):
        return redirect("protection:back_address")
    form = forms.RenewForm(
        request.POST if request.method == "POST" else None,
        needs_code=pending.confirmed_at is None,
        minimum=accounts.get_minimum(with_second_factor=False, at=at),
    )
    status = 422 if form.errors else 200
    if form.is_valid():
        try:
            return _renew(request, form.cleaned_data, browser, pending, at)
        except (accounts.CodeWrong, accounts.CodeUsedUp, accounts.CodeExpired) as refusal:
            form.add_error("code" if "code" in form.fields else None, str(refusal))
            status = 422
        except (
            accounts.PasswordTooShort,
            accounts.PasswordTooLong,
            accounts.PasswordTooCommon,
            accounts.PasswordPersonal,
        ) as refusal:
            form.add_error("password", str(refusal))
            status = 422
        except Refusal as refusal:
            form.add_error(None, str(refusal))
            status = refusal.status
    context = {"form": form, "email": pending.email}
    return render(request, "protection/back_new.html", context, status=status)


def _renew(
    request: HttpRequest,
    typed: Mapping[str, str],
    browser: Mapping[str, str],
    pending: accounts.Pending,
    at: datetime,
) -> HttpResponse:
    origin = people.get_origin(request)
    if pending.confirmed_at is None:
        pending = accounts.confirm_code(pending=pending, typed=typed["code"], origin=origin, at=at)
        # Once is enough: the next try is about the password alone.
        request.session[PENDING] = pending.as_json()
    account = actions.renew(
        account_id=UUID(browser["account_id"]),
        restoration_id=UUID(browser["restoration_id"]),
        secret=browser["secret"],
        pending=pending,
        typed=typed["password"],
        origin=origin,
        at=at,
    )
    request.session.flush()
    try:
        accounts.open_session(
            request=request,
            account=account,
            proofs=[accounts.Proof("password")],
            origin=origin,
            at=at,
        )
    except accounts.AccountPaused as refusal:
        # She has it back, and signs in when the pause is over.
        return render(
            request, "accounts/paused.html", {"pause": refusal.pause}, status=refusal.status
        )
    # Without a second factor no link is taken back: this page helps to add one.
    wanted = reverse("accounts:second_factor_wanted")
    return redirect(f"{wanted}?next={reverse('protection:case')}")
