# SPDX-License-Identifier: Apache-2.0
"""The hub of what guards an account, and each change of it."""

from collections.abc import Callable

from django.contrib.auth import update_session_auth_hash
from django.http import HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from satupintu.foundation.crypto import decrypt, encrypt
from satupintu.foundation.errors import Refusal
from satupintu.trust.accounts import actions, forms, queries
from satupintu.trust.accounts.access import SignedInRequest, freshly_proved, signed_in
from satupintu.trust.accounts.entries import list_entries
from satupintu.trust.accounts.models import Account

from . import authenticator
from .authenticator import say
from .onward import go_on, read_next, with_next
from .sign_up import show_new_codes

APP_SECRET = "accounts.app_secret"  # noqa: S105 - where in the session, not what


def _where(request: SignedInRequest) -> dict:
    """What every change writes down about itself."""
    return {
        "origin": queries.get_origin(request),
        "session_id": queries.get_session_id(session=request.session),
        "at": timezone.now(),
    }


@signed_in
def security(request: SignedInRequest) -> HttpResponse:
    account = request.user
    context = {
        "account": account,
        "guards": queries.get_guards(account_id=account.pk),
        "lines": queries.list_activity(account_id=account.pk, limit=3),
        "sessions": queries.count_sessions(account_id=account.pk, at=timezone.now()),
        "entries": [(entry, entry.say(request)) for entry in list_entries()],
        "language_form": forms.LanguageForm(initial={"language": get_language()}),
    }
    return render(request, "accounts/security.html", context)


@signed_in
def second_factor_wanted(request: SignedInRequest) -> HttpResponse:
    """For somebody who signed in with a password alone: what it opens, and how to open the rest."""
    next_page = read_next(request)
    if queries.has_second_factor(account_id=request.user.pk):
        return redirect(with_next("accounts:step_up", next_page))
    return render(request, "accounts/second_factor_wanted.html", {"next": next_page})


def _after_new_factor(
    request: SignedInRequest, had_one: bool, method: str, next_page: str
) -> HttpResponse:
    """A factor that was just proved counts for this session, and brings the first codes."""
    at = timezone.now()
    actions.strengthen_session(
        request=request,
        proofs=[actions.Proof(method)],
        origin=queries.get_origin(request),
        at=at,
        is_recorded=False,
    )
    if had_one:
        return go_on(request, next_page)
    return show_new_codes(request, next_page, at, announced=False)


@freshly_proved
@require_http_methods(["GET", "POST"])
def add_app(request: SignedInRequest) -> HttpResponse:
    at = timezone.now()
    next_page = read_next(request)
    guards = queries.get_guards(account_id=request.user.pk)
    if guards.has_app:
        return redirect("accounts:security")
    sealed = request.session.get(APP_SECRET)
    if sealed is None:
        sealed = request.session[APP_SECRET] = encrypt(authenticator.new_secret())
    secret = decrypt(sealed)
    form = forms.AppCodeForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            proof = authenticator.prove_app(secret, form.cleaned_data["code"], at)
            actions.add_app(account_id=request.user.pk, proof=proof, **_where(request))
        except Refusal as refusal:
            forms.add_refusal(form, refusal, "code")
        else:
            del request.session[APP_SECRET]
            say(request, _("Your authenticator app is set up."))
            return _after_new_factor(request, guards.has_second_factor, "totp", next_page)
    return render(
        request,
        "accounts/add_app.html",
        {
            "form": form,
            "next": next_page,
            "app": authenticator.describe_app(request.user.email, secret),
        },
        status=422 if form.errors else 200,
    )


@freshly_proved
@require_http_methods(["GET", "POST"])
def remove_app(request: SignedInRequest) -> HttpResponse:
    if request.method == "POST":
        return _attempt(
            request,
            lambda: actions.remove_app(account_id=request.user.pk, **_where(request)),
            _("The authenticator app is removed."),
        )
    guards = queries.get_guards(account_id=request.user.pk)
    return render(request, "accounts/remove_app.html", {"guards": guards})


@freshly_proved
@require_http_methods(["GET", "POST"])
def add_passkey(request: SignedInRequest) -> HttpResponse:
    next_page = read_next(request)
    form = forms.PasskeyForm(request.POST or None)
    if request.method == "POST":
        guards = queries.get_guards(account_id=request.user.pk)
        where = _where(request)
        try:
            credential = authenticator.read_new_passkey(request, where["at"])
            actions.add_passkey(
                account_id=request.user.pk,
                credential=credential,
                name=where["origin"].device or _("Passkey"),
                **where,
            )
        except actions.PasskeyKnownAlready:
            return redirect("accounts:security")
        except Refusal as refusal:
            forms.add_refusal(form, refusal)
        else:
            say(request, _("Your passkey is added."))
            return _after_new_factor(request, guards.has_second_factor, "passkey", next_page)
    return render(
        request,
        "accounts/add_passkey.html",
        {"form": form, "next": next_page},
        status=422 if form.errors else 200,
    )


@freshly_proved
@require_POST
def passkey_creation_options(request: SignedInRequest) -> HttpResponse:
    options = actions.begin_creation(
        session=request.session,
        account_id=request.user.pk,
        email=request.user.email,
        full_name=request.user.full_name,
        at=timezone.now(),
    )
    return JsonResponse(options)


@freshly_proved
@require_http_methods(["GET", "POST"])
def remove_passkey(request: SignedInRequest, passkey_id: int) -> HttpResponse:
    guards = queries.get_guards(account_id=request.user.pk)
    passkey = next((one for one in guards.passkeys if one.id == passkey_id), None)
    if passkey is None:
        return redirect("accounts:security")
    if request.method == "POST":
        return _attempt(
            request,
            lambda: actions.remove_passkey(
                account_id=request.user.pk, passkey_id=passkey_id, **_where(request)
            ),
            _("The passkey is removed."),
        )
    return render(request, "accounts/remove_passkey.html", {"passkey": passkey})


def _attempt(request: SignedInRequest, change: Callable[[], None], done: str) -> HttpResponse:
    """Do it and say so on the hub; a refusal is said there as well."""
    try:
        change()
    except Refusal as refusal:
        authenticator.warn(request, str(refusal))
    else:
        say(request, done)
    return redirect("accounts:security")


@freshly_proved
@require_http_methods(["GET", "POST"])
def new_codes(request: SignedInRequest) -> HttpResponse:
    if request.method == "POST":
        return show_new_codes(request, "", timezone.now(), announced=True)
    guards = queries.get_guards(account_id=request.user.pk)
    return render(request, "accounts/new_codes.html", {"guards": guards})


def _keep_signed_in(request: SignedInRequest, account: Account) -> None:
    """The session's own hash of the password follows the change; its key changes too."""
    update_session_auth_hash(request, account)


@freshly_proved
@sensitive_post_parameters("password")
@require_http_methods(["GET", "POST"])
def change_password(request: SignedInRequest) -> HttpResponse:
    guards = queries.get_guards(account_id=request.user.pk)
    form = forms.NewPasswordForm(
        request.POST or None,
        minimum=actions.get_minimum(with_second_factor=guards.has_second_factor, at=timezone.now()),
    )
    if request.method == "POST" and form.is_valid():
        try:
            account = actions.change_password(
                account_id=request.user.pk,
                typed=form.cleaned_data["password"],
                **_where(request),
            )
        except Refusal as refusal:
            forms.add_refusal(form, refusal, "password")
        else:
            _keep_signed_in(request, account)
            say(request, _("Your password is changed. All other sign-ins were ended."))
            return redirect("accounts:security")
    return render(
        request,
        "accounts/change_password.html",
        {"form": form, "guards": guards, "email": request.user.email},
        status=422 if form.errors else 200,
    )


@freshly_proved
@require_http_methods(["GET", "POST"])
def remove_password(request: SignedInRequest) -> HttpResponse:
    def change() -> None:
        account = actions.remove_password(account_id=request.user.pk, **_where(request))
        _keep_signed_in(request, account)

    if request.method == "POST":
        return _attempt(request, change, _("The password is removed."))
    guards = queries.get_guards(account_id=request.user.pk)
    return render(request, "accounts/remove_password.html", {"guards": guards})


@signed_in
@require_POST
def choose_language(request: SignedInRequest) -> HttpResponse:
    form = forms.LanguageForm(request.POST)
    if not form.is_valid():
        return redirect("accounts:security")
    # The switch in the shell sets the cookie and tells us: one way to choose a language.
    return redirect(f"/account/?lang={form.cleaned_data['language']}")


@signed_in
@require_http_methods(["GET", "POST"])
def change_name(request: SignedInRequest) -> HttpResponse:
    form = forms.NameForm(request.POST or None, initial={"full_name": request.user.full_name})
    if request.method == "POST" and form.is_valid():
        try:
            actions.change_name(
                account_id=request.user.pk,
                typed=form.cleaned_data["full_name"],
                **_where(request),
            )
        except Refusal as refusal:
            form.add_error("full_name", str(refusal))
        else:
            say(request, _("Your name is changed."))
            return redirect("accounts:security")
    return render(
        request,
        "accounts/change_name.html",
        {"form": form},
        status=422 if form.errors else 200,
    )
