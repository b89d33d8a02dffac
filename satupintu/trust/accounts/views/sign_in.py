# SPDX-License-Identifier: Apache-2.0
"""Sign-in, the second factor, passkeys, sign-out."""

from datetime import datetime

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from satupintu.foundation.errors import Refusal
from satupintu.trust.accounts import actions, forms, queries
from satupintu.trust.accounts.access import SignedInRequest, has_typed, public, signed_in
from satupintu.trust.accounts.destinations import read_destination
from satupintu.trust.accounts.models import Account
from satupintu.trust.accounts.rescues import read_frozen_page

from .onward import go_on, read_next, remember_device, with_next


def enter(
    request: HttpRequest,
    account: Account,
    proofs: list[actions.Proof],
    next_page: str,
    at: datetime,
) -> HttpResponse:
    """Sign in and go on; without a second factor, by way of the page that helps to add one."""
    try:
        level = actions.open_session(
            request=request,
            account=account,
            proofs=proofs,
            origin=queries.get_origin(request),
            at=at,
        )
    except actions.AccountPaused as refusal:
        return render(
            request, "accounts/paused.html", {"pause": refusal.pause}, status=refusal.status
        )
    except actions.AccountFrozen:
        actions.give_frozen_view(request=request, account_id=account.pk, at=at)
        return redirect(read_frozen_page())
    response: HttpResponse
    if level < 2:
        response = redirect(with_next("accounts:second_factor_wanted", next_page))
    else:
        response = go_on(request, next_page)
    remember_device(response, request, account)
    return response


@public
@never_cache
@sensitive_post_parameters("password")
@require_http_methods(["GET", "POST"])
def login(request: HttpRequest) -> HttpResponse:
    next_page = read_next(request)
    if request.user.is_authenticated:
        return go_on(request, next_page)
    at = timezone.now()
    destination = read_destination(next_page, at=at)
    hint = {"email": destination.email} if destination else None
    form = forms.SignInForm(request.POST or None, initial=hint)
    status = 200
    if request.method == "POST" and form.is_valid():
        try:
            account = actions.check_password_of(
                email=form.cleaned_data["email"],
                typed=form.cleaned_data["password"],
                origin=queries.get_origin(request),
                at=at,
            )
        except Refusal as refusal:
            status = forms.add_refusal(form, refusal)
        else:
            if queries.has_second_factor(account_id=account.pk):
                actions.wait_for_second_factor(request=request, account=account, at=at)
                return redirect(with_next("accounts:second_factor", next_page))
            return enter(request, account, [actions.Proof("password")], next_page, at)
    elif request.method == "POST":
        status = 422
    return _show_sign_in(request, form, next_page, status=status, at=at)


def _show_sign_in(
    request: HttpRequest, form: forms.SignInForm, next_page: str, *, status: int, at: datetime
) -> HttpResponse:
    context = {
        "form": form,
        "next": next_page,
        "destination": read_destination(next_page, at=at),
        "is_typed_kept": has_typed(request, path=next_page),
    }
    return render(request, "accounts/sign_in.html", context, status=status)


@public
@never_cache
@sensitive_post_parameters("code")
@require_http_methods(["GET", "POST"])
def second_factor(request: HttpRequest) -> HttpResponse:
    at = timezone.now()
    next_page = read_next(request)
    account = actions.get_waiting_account(request=request, at=at)
    if account is None:
        return redirect(with_next("account_login", next_page))
    form = forms.SecondFactorForm(request.POST or None)
    status = 200
    if request.method == "POST" and form.is_valid():
        try:
            proof = actions.check_second_factor(
                account=account,
                typed=form.cleaned_data["code"],
                origin=queries.get_origin(request),
                at=at,
            )
        except Refusal as refusal:
            status = forms.add_refusal(form, refusal, "code")
        else:
            return enter(request, account, [actions.Proof("password"), proof], next_page, at)
    elif request.method == "POST":
        status = 422
    return render(
        request,
        "accounts/second_factor.html",
        {
            "form": form,
            "next": next_page,
            "guards": queries.get_guards(account_id=account.pk),
        },
        status=status,
    )


@public
@never_cache
@require_POST
def passkey_sign_in(request: HttpRequest) -> HttpResponse:
    """A passkey alone is AL2: it is had, and unlocked by its person."""
    at = timezone.now()
    next_page = read_next(request)
    form = forms.PasskeyForm(request.POST)
    try:
        account, key = read_passkey(request, form, at)
    except Refusal as refusal:
        sign_in = forms.SignInForm()
        status = forms.add_refusal(sign_in, refusal)
        return _show_sign_in(request, sign_in, next_page, status=status, at=at)
    return enter(request, account, [actions.Proof("passkey", key)], next_page, at)


def read_passkey(
    request: HttpRequest, form: forms.PasskeyForm, at: datetime
) -> tuple[Account, str]:
    """Whose passkey signed. Raises PasskeyRefused."""
    if not form.is_valid():
        raise actions.PasskeyRefused
    account_id, key = actions.complete_use(
        session=request.session, answer=form.cleaned_data["credential"], at=at
    )
    account = Account.objects.filter(id=account_id, is_active=True).first()
    if account is None:
        raise actions.PasskeyRefused
    return account, key


@public
@never_cache
@require_POST
def passkey_options(request: HttpRequest) -> HttpResponse:
    """What the browser needs to use a passkey. Names nobody."""
    options = actions.begin_use(session=request.session, at=timezone.now())
    return JsonResponse(options)


@signed_in
@sensitive_post_parameters("password", "code")
@require_http_methods(["GET", "POST"])
def step_up(request: SignedInRequest) -> HttpResponse:
    """Prove more: to reach AL2, or (`fresh`) to prove again before a change. Then exactly back."""
    at = timezone.now()
    next_page = read_next(request, fallback=reverse("accounts:security"))
    is_fresh_wanted = (request.POST.get("fresh") or request.GET.get("fresh")) == "1"
    account = request.user
    guards = queries.get_guards(account_id=account.pk)
    if not guards.has_second_factor and not is_fresh_wanted:
        return redirect(with_next("accounts:second_factor_wanted", next_page))
    assurance = queries.get_assurance(session=request.session, at=at)
    is_there = (
        queries.is_freshly_proved(account_id=account.pk, session=request.session, at=at)
        if is_fresh_wanted
        else assurance is not None and assurance.level == 2
    )
    if is_there:
        # Another tab was quicker.
        return go_on(request, next_page)

    needs_password = guards.has_password and (
        is_fresh_wanted or queries.is_password_still_needed(session=request.session, at=at)
    )
    form = forms.ConfirmForm(
        request.POST if request.method == "POST" and "credential" not in request.POST else None,
        needs_password=needs_password,
        # Without a password there is nothing for a code to be second to: a passkey does it all.
        needs_code=guards.has_second_factor and guards.has_password,
    )
    status = 200
    if request.method == "POST":
        try:
            proofs = (
                _prove_by_passkey(request, at)
                if "credential" in request.POST
                else _prove_by_form(request, form, at)
            )
        except Refusal as refusal:
            status = forms.add_refusal(form, refusal)
        else:
            if proofs:
                actions.strengthen_session(
                    request=request, proofs=proofs, origin=queries.get_origin(request), at=at
                )
                return go_on(request, next_page)
            status = 422
    return render(
        request,
        "accounts/step_up.html",
        {
            "form": form,
            "next": next_page,
            "fresh": is_fresh_wanted,
            "has_lapsed": queries.has_lapsed(session=request.session, at=at),
            "is_typed_kept": has_typed(request, path=next_page),
            "guards": guards,
        },
        status=status,
    )


def _prove_by_passkey(request: SignedInRequest, at: datetime) -> list[actions.Proof]:
    account, key = read_passkey(request, forms.PasskeyForm(request.POST), at)
    if account.pk != request.user.pk:
        raise actions.PasskeyRefused
    return [actions.Proof("passkey", key)]


def _prove_by_form(
    request: SignedInRequest, form: forms.ConfirmForm, at: datetime
) -> list[actions.Proof]:
    """Nothing where the form has errors, which it then shows."""
    if not form.is_valid():
        return []
    origin, proofs = queries.get_origin(request), []
    try:
        if "password" in form.fields:
            actions.check_password_of(
                email=request.user.email,
                typed=form.cleaned_data["password"],
                origin=origin,
                at=at,
            )
            proofs.append(actions.Proof("password"))
    except actions.SignInRefused:
        form.add_error("password", str(actions.PasswordWrong.message))
        return []
    try:
        if "code" in form.fields:
            proofs.append(
                actions.check_second_factor(
                    account=request.user, typed=form.cleaned_data["code"], origin=origin, at=at
                )
            )
    except (actions.FactorWrong, actions.RecoveryCodeWrong) as refusal:
        form.add_error("code", str(refusal))
        return []
    return proofs


@public
@never_cache
@require_http_methods(["GET", "POST"])
def logout(request: HttpRequest) -> HttpResponse:
    if request.method == "GET":
        if not request.user.is_authenticated:
            return redirect("accounts:signed_out")
        return render(request, "accounts/sign_out.html")
    actions.close_session(request=request, origin=queries.get_origin(request), at=timezone.now())
    response = redirect("accounts:signed_out")
    # What a shared phone kept of the pages goes too. Cookies stay: language, and which device.
    response.headers["Clear-Site-Data"] = '"cache", "storage"'
    return response


@public
@never_cache
def signed_out(request: HttpRequest) -> HttpResponse:
    return render(request, "accounts/signed_out.html")
