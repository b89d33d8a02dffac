# SPDX-License-Identifier: Apache-2.0
"""The way in and out, and the first time."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from satupintu.foundation.errors import Refusal
from satupintu.trust.accounts.access import public
from satupintu.trust.staff import actions, forms, queries
from satupintu.trust.staff.access import read_staff_key

from .page import keep_key, name_device, read_next


@public
@never_cache
@require_http_methods(["GET", "POST"])
def sign_in(request: HttpRequest) -> HttpResponse:
    at = timezone.now()
    next_page = read_next(request)
    key = read_staff_key(request)
    if queries.find_on_duty(key=key, at=at) is not None:
        return redirect(next_page)
    form = forms.CredentialForm(request.POST if request.method == "POST" else None)
    if request.method == "POST":
        try:
            new_key = _use(form, key, name_device(request))
        except Refusal as refusal:
            form.errors.clear()
            forms.add_refusal(form, refusal)
        else:
            return keep_key(redirect(next_page), new_key)
    context = {"form": form, "next": next_page}
    return render(request, "staff/sign_in.html", context, status=422 if form.errors else 200)


def _use(form: forms.CredentialForm, key: str, device: str) -> str:
    if not form.is_valid():
        raise actions.PasskeyRefused
    return actions.sign_in(
        key=key, answer=form.cleaned_data["credential"], device=device, at=timezone.now()
    )


@public
@never_cache
@require_POST
def options(request: HttpRequest) -> HttpResponse:
    """What the browser needs to use a passkey. Names nobody."""
    key, content = actions.begin_sign_in(key=read_staff_key(request), at=timezone.now())
    return keep_key(JsonResponse(content), key)


@public
@never_cache
@require_POST
def sign_out(request: HttpRequest) -> HttpResponse:
    actions.sign_out(key=read_staff_key(request))
    response = redirect("staff:sign_in")
    response.delete_cookie(settings.STAFF_SESSION_COOKIE_NAME, path="/", samesite="Strict")
    response.headers["Clear-Site-Data"] = '"cache"'
    return response


@public
@never_cache
@require_http_methods(["GET", "POST"])
def join(request: HttpRequest, token: str) -> HttpResponse:
    """An invitation that works once. Opening the page uses nothing up: mail scanners do that."""
    at = timezone.now()
    invited = queries.get_invited(token=token, at=at)
    if invited is None:
        return render(request, "staff/invitation_gone.html", status=404)
    form = forms.CredentialForm(request.POST if request.method == "POST" else None)
    if request.method == "POST":
        device = name_device(request)
        try:
            if not form.is_valid():
                raise actions.PasskeyRefused
            key = actions.complete_enrolment(
                key=read_staff_key(request),
                token=token,
                answer=form.cleaned_data["credential"],
                device=device,
                name=device or _("Passkey"),
                at=at,
            )
        except Refusal as refusal:
            form.errors.clear()
            forms.add_refusal(form, refusal)
        else:
            return keep_key(redirect("staff:home"), key)
    context = {"form": form, "invited": invited, "token": token}
    return render(request, "staff/join.html", context, status=422 if form.errors else 200)


@public
@never_cache
@require_POST
def join_options(request: HttpRequest, token: str) -> HttpResponse:
    try:
        key, content = actions.begin_enrolment(
            key=read_staff_key(request), token=token, at=timezone.now()
        )
    except Refusal as refusal:
        return JsonResponse({"error": refusal.code}, status=refusal.status)
    return keep_key(JsonResponse(content), key)
