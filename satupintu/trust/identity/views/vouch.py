# SPDX-License-Identifier: Apache-2.0
"""The attester's side: what she vouches for, and her word."""

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from satupintu.foundation.errors import Refusal
from satupintu.trust.accounts import queries as accounts
from satupintu.trust.accounts.access import SignedInRequest, signed_in_al2
from satupintu.trust.identity import actions, forms, queries


@signed_in_al2
@require_http_methods(["GET", "POST"])
def type_code(request: SignedInRequest) -> HttpResponse:
    _require_attester(request)
    form = forms.CodeForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        typed = form.cleaned_data["code"]
        try:
            opened = actions.look_at_vouching_code(
                typed=typed, by=_read_voucher(request), at=timezone.now()
            )
        except Refusal as refusal:
            form.add_error("code", str(refusal))
        else:
            context = {
                "form": forms.VouchForm(initial={"code": typed}),
                "full_name": opened.full_name,
            }
            return render(request, "identity/vouch_compare.html", context)
    status = 422 if form.errors else 200
    return render(request, "identity/vouch.html", {"form": form}, status=status)


@signed_in_al2
@require_http_methods(["GET", "POST"])
def confirm(request: SignedInRequest) -> HttpResponse:
    _require_attester(request)
    if request.method == "GET":
        # Opened anew, in another language: the code is asked again, and is in its box.
        return render(request, "identity/vouch.html", {"form": forms.CodeForm()})
    form = forms.VouchForm(request.POST)
    at = timezone.now()
    if form.is_valid():
        try:
            is_proved = actions.attest(
                typed=form.cleaned_data["code"], by=_read_voucher(request), at=at
            )
        except Refusal as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(
                request,
                _("Thank you. Your word was the second: she is known now.")
                if is_proved
                else _(
                    "Thank you. Your word is kept. Somebody from another community must vouch too."
                ),
            )
            return redirect("identity:vouch")
    try:
        opened = actions.look_at_vouching_code(
            typed=str(request.POST.get("code", "")), by=_read_voucher(request), at=at
        )
    except Refusal as refusal:
        # Used or over meanwhile: back to the beginning, with the reason.
        again = forms.CodeForm({"code": ""})
        again.errors.clear()
        again.add_error("code", str(refusal))
        return render(request, "identity/vouch.html", {"form": again}, status=422)
    context = {"form": form, "full_name": opened.full_name}
    return render(request, "identity/vouch_compare.html", context, status=422)


def _require_attester(request: SignedInRequest) -> None:
    """For everybody else this page does not exist."""
    if not queries.is_attester(account_id=request.user.pk):
        raise Http404


def _read_voucher(request: SignedInRequest) -> actions.Voucher:
    assurance = accounts.get_assurance(session=request.session, at=timezone.now())
    return actions.Voucher(
        account_id=request.user.pk,
        authentication_level=assurance.level if assurance else 0,
        accounts_on_device=accounts.get_origin(request).known_accounts,
    )
