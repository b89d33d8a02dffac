# SPDX-License-Identifier: Apache-2.0
"""What a person has agreed to, for her to see, keep and take back.

All behind two factors: who deals with which agency is nobody else's business (safety rule 2).
"""

from typing import cast
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from satupintu.trust.accounts.access import SignedInRequest, signed_in_al2

from . import actions, queries
from .receipts import make_receipt


def _get_account_id(request: HttpRequest) -> UUID:
    return cast("SignedInRequest", request).user.pk


def _get_own(request: HttpRequest, consent_id: UUID) -> queries.ConsentCard:
    consent = queries.get_consent(
        account_id=_get_account_id(request), consent_id=consent_id, at=timezone.now()
    )
    if consent is None:
        raise Http404
    return consent


@signed_in_al2
@require_safe
def show_consents(request: HttpRequest) -> HttpResponse:
    groups = queries.list_agency_consents(account_id=_get_account_id(request), at=timezone.now())
    return render(request, "consent/list.html", {"groups": groups})


@signed_in_al2
@require_safe
def show_history(request: HttpRequest) -> HttpResponse:
    consents = queries.list_history(account_id=_get_account_id(request), at=timezone.now())
    return render(request, "consent/history.html", {"consents": consents})


@signed_in_al2
@require_http_methods(["GET", "HEAD", "POST"])
def withdraw(request: HttpRequest, consent_id: UUID) -> HttpResponse:
    consent = _get_own(request, consent_id)
    context: dict[str, object] = {"consent": consent, "refusal": None}
    if request.method != "POST":
        if consent.state is not queries.State.GIVEN:
            return redirect("consent:history")
        return render(request, "consent/withdraw.html", context)
    try:
        actions.withdraw_attribute(
            account_id=_get_account_id(request), consent_id=consent_id, at=timezone.now()
        )
    except actions.ConsentNotRunning:
        # Another tab was first: what she wanted is so.
        messages.info(request, str(actions.ConsentNotRunning()))
        return redirect("consent:list")
    except actions.CompelledByLaw as refusal:
        context["refusal"] = refusal
        return render(request, "consent/withdraw.html", context, status=refusal.status)
    messages.success(
        request, _("%(agency)s can no longer see this.") % {"agency": consent.agency_name}
    )
    return redirect("consent:list")


@signed_in_al2
@require_safe
def show_receipt(request: HttpRequest, consent_id: UUID) -> HttpResponse:
    consent = _get_own(request, consent_id)
    receipt = make_receipt(consent, account_id=_get_account_id(request))
    return render(request, "consent/receipt.html", {"consent": consent, "receipt": receipt})


@signed_in_al2
@require_safe
def download_receipt(request: HttpRequest, consent_id: UUID) -> HttpResponse:
    consent = _get_own(request, consent_id)
    receipt = make_receipt(consent, account_id=_get_account_id(request))
    return JsonResponse(
        receipt,
        json_dumps_params={"ensure_ascii": False, "indent": 2},
        headers={"Content-Disposition": f'attachment; filename="consent-{consent.id}.json"'},
    )
