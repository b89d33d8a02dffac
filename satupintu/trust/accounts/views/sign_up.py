# SPDX-License-Identifier: Apache-2.0
"""Sign-up: name and address, the code, then a passkey, or a password and a second factor.

Everything waits in the visitor's session; the account is made by the last step.
"""

import json
from datetime import datetime
from typing import Any, cast
from uuid import UUID

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from satupintu.foundation.crypto import decrypt, encrypt
from satupintu.foundation.errors import Refusal
from satupintu.foundation.ids import new_id
from satupintu.trust.accounts import actions, forms, queries
from satupintu.trust.accounts.access import SignedInRequest, public, signed_in

from . import authenticator
from .onward import go_on, is_ours, read_next, remember_device

SIGN_UP = "accounts.sign_up"
# New recovery codes, encrypted, until the person says that she has kept them.
NEW_CODES = "accounts.new_codes"
CODES_SHOWN_FOR = 30 * 60
STEPS = 4


def _read_state(
    request: HttpRequest, at: datetime
) -> tuple[dict[str, Any], actions.Pending] | None:
    state = request.session.get(SIGN_UP) or {}
    pending = actions.Pending.read(state.get("pending"))
    if pending is None or not actions.is_fresh(pending, at=at):
        return None
    return state, pending


def _read_confirmed(request: HttpRequest, at: datetime) -> dict[str, Any] | None:
    """The sign-up of this session, where its address was confirmed."""
    found = _read_state(request, at)
    return found[0] if found and found[1].confirmed_at else None


@public
@never_cache
@require_http_methods(["GET", "POST"])
def signup(request: HttpRequest) -> HttpResponse:
    next_page = read_next(request)
    if request.user.is_authenticated:
        return go_on(request, next_page)
    form = forms.SignUpForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        language = get_language() or "id"
        pending = actions.start_sign_up(
            email=form.cleaned_data["email"],
            language=language,
            origin=queries.get_origin(request),
            at=timezone.now(),
        )
        request.session[SIGN_UP] = {
            "pending": pending.as_json(),
            "full_name": form.cleaned_data["full_name"],
            "account_id": str(new_id()),
            "next": next_page,
        }
        return redirect("accounts:signup_code")
    return render(
        request,
        "accounts/sign_up.html",
        {"form": form, "next": next_page},
        status=422 if form.errors else 200,
    )


@public
@never_cache
@require_http_methods(["GET", "POST"])
def signup_code(request: HttpRequest) -> HttpResponse:
    at = timezone.now()
    found = _read_state(request, at)
    if found is None:
        return redirect("account_signup")
    state, pending = found
    if pending.confirmed_at:
        return redirect("accounts:signup_guard")
    form = forms.EmailCodeForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            confirmed = actions.confirm_code(
                pending=pending,
                typed=form.cleaned_data["code"],
                origin=queries.get_origin(request),
                at=at,
            )
        except Refusal as refusal:
            forms.add_refusal(form, refusal, "code")
        else:
            # Whoever planted a session key in this browser stays outside from here on.
            request.session.cycle_key()
            request.session[SIGN_UP] = state | {"pending": confirmed.as_json()}
            return redirect("accounts:signup_guard")
    return render(
        request,
        "accounts/email_code.html",
        {
            "form": form,
            "email": pending.email,
            "step": (2, STEPS),
            "again": reverse("accounts:signup_code_again"),
            "other": reverse("account_signup"),
        },
        status=422 if form.errors else 200,
    )


@public
@never_cache
@require_POST
def signup_code_again(request: HttpRequest) -> HttpResponse:
    state = request.session.get(SIGN_UP) or {}
    pending = actions.Pending.read(state.get("pending"))
    if pending is None:
        return redirect("account_signup")
    if not pending.confirmed_at:
        renewed = actions.start_sign_up(
            email=pending.email,
            language=get_language() or "id",
            origin=queries.get_origin(request),
            at=timezone.now(),
        )
        request.session[SIGN_UP] = state | {"pending": renewed.as_json()}
        authenticator.say(request, _("We sent a new code. Earlier ones no longer work."))
    return redirect("accounts:signup_code")


@public
@never_cache
@sensitive_post_parameters("password")
@require_http_methods(["GET", "POST"])
def signup_guard(request: HttpRequest) -> HttpResponse:
    """A passkey, or a password that a second factor will follow."""
    at = timezone.now()
    state = _read_confirmed(request, at)
    if state is None:
        return redirect("account_signup")
    form = forms.NewPasswordForm(
        request.POST if request.method == "POST" and "credential" not in request.POST else None,
        minimum=actions.get_minimum(with_second_factor=True, at=at),
    )
    if request.method == "POST":
        try:
            if "credential" in request.POST:
                return _finish_with_passkey(request, state, at)
            if form.is_valid():
                _keep_password(request, state, form.cleaned_data["password"], at)
                return redirect("accounts:signup_second")
        except Refusal as refusal:
            forms.add_refusal(form, refusal, "password" if form.is_bound else None)
    return render(
        request,
        "accounts/sign_up_guard.html",
        {"form": form, "email": state["pending"]["email"], "step": (3, STEPS)},
        status=422 if form.errors else 200,
    )


def _keep_password(request: HttpRequest, state: dict[str, Any], typed: str, at: datetime) -> None:
    alone = actions.get_minimum(with_second_factor=False, at=at)
    request.session[SIGN_UP] = state | {
        "password_hash": actions.hash_new_password(
            typed=typed,
            with_second_factor=True,
            personal=actions.list_personal_words(
                email=state["pending"]["email"], full_name=state["full_name"]
            ),
            at=at,
        ),
        "is_long": len(typed) >= alone,
        "app_secret": encrypt(authenticator.new_secret()),
    }


@public
@never_cache
@require_http_methods(["GET", "POST"])
def signup_second(request: HttpRequest) -> HttpResponse:
    """The second factor, in the same breath: an authenticator app, or a passkey after all."""
    at = timezone.now()
    state = _read_confirmed(request, at)
    if state is None or "password_hash" not in state:
        return redirect("accounts:signup_guard" if state else "account_signup")
    secret = decrypt(state["app_secret"])
    is_code_sent = request.method == "POST" and "code" in request.POST
    form = forms.AppCodeForm(request.POST if is_code_sent else None)
    if request.method == "POST":
        try:
            if "credential" in request.POST:
                return _finish_with_passkey(request, state, at)
            if "later" in request.POST and state["is_long"]:
                return _finish(request, state, at, proofs=[actions.Proof("password")])
            if is_code_sent and form.is_valid():
                app = authenticator.prove_app(secret, form.cleaned_data["code"], at)
                proofs = [actions.Proof("password"), actions.Proof("totp")]
                return _finish(request, state, at, proofs=proofs, app=app)
        except Refusal as refusal:
            forms.add_refusal(form, refusal, "code" if form.is_bound else None)
    return render(
        request,
        "accounts/sign_up_second.html",
        {
            "form": form,
            "step": (4, STEPS),
            "app": authenticator.describe_app(state["pending"]["email"], secret),
            "may_wait": state["is_long"],
        },
        status=422 if form.errors else 200,
    )


@public
@never_cache
@require_POST
def signup_passkey_options(request: HttpRequest) -> HttpResponse:
    at = timezone.now()
    state = _read_confirmed(request, at)
    if state is None:
        return JsonResponse({}, status=403)
    options = actions.begin_creation(
        session=request.session,
        account_id=UUID(state["account_id"]),
        email=state["pending"]["email"],
        full_name=state["full_name"],
        at=at,
    )
    return JsonResponse(options)


def _finish_with_passkey(request: HttpRequest, state: dict[str, Any], at: datetime) -> HttpResponse:
    credential = authenticator.read_new_passkey(request, at)
    return _finish(request, state, at, proofs=[actions.Proof("passkey")], passkey=credential)


def _finish(
    request: HttpRequest,
    state: dict[str, Any],
    at: datetime,
    *,
    proofs: list[actions.Proof],
    app: actions.AppProof | None = None,
    passkey: dict[str, Any] | None = None,
) -> HttpResponse:
    """Make the account and sign in. Raises AccountExists, for a second press too."""
    origin = queries.get_origin(request)
    account = actions.make_account(
        account_id=UUID(state["account_id"]),
        email=state["pending"]["email"],
        full_name=state["full_name"],
        language=get_language() or "id",
        password_hash=state.get("password_hash", ""),
        app=app,
        passkey=passkey,
        passkey_name=origin.device or _("Passkey"),
        origin=origin,
        at=at,
    )
    level = actions.open_session(
        request=request, account=account, proofs=proofs, origin=origin, at=at
    )
    if level == 2:
        response = show_new_codes(
            cast("SignedInRequest", request), state["next"], at, announced=False
        )
    else:
        response = go_on(request, state["next"])
    remember_device(response, request, account)
    return response


def show_new_codes(
    request: SignedInRequest, next_page: str, at: datetime, *, announced: bool
) -> HttpResponse:
    """Make recovery codes and lead to the one page that shows them."""
    codes = actions.renew_recovery_codes(
        account_id=request.user.pk,
        origin=queries.get_origin(request),
        session_id=queries.get_session_id(session=request.session),
        at=at,
        announced=announced,
    )
    request.session[NEW_CODES] = encrypt(
        json.dumps({"codes": codes, "next": next_page, "at": at.timestamp()})
    )
    return redirect("accounts:recovery_codes")


@signed_in
@require_http_methods(["GET", "POST"])
def recovery_codes(request: SignedInRequest) -> HttpResponse:
    """Shown until the person says that she has kept them, then never again."""
    sealed = request.session.get(NEW_CODES)
    if sealed is None:
        return redirect("accounts:security")
    kept = json.loads(decrypt(sealed))
    is_late = timezone.now().timestamp() - kept["at"] > CODES_SHOWN_FOR
    if request.method == "POST" or is_late:
        del request.session[NEW_CODES]
        next_page = kept["next"] if is_ours(request, kept["next"]) else ""
        return go_on(request, next_page)
    return render(
        request,
        "accounts/recovery_codes.html",
        {
            "grouped": [actions.group_code(code) for code in kept["codes"]],
            "has_password": request.user.has_usable_password(),
        },
    )
