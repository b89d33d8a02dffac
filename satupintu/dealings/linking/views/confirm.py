# SPDX-License-Identifier: Apache-2.0
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from satupintu.dealings.exchange import actions as exchange
from satupintu.dealings.linking import actions, queries
from satupintu.dealings.linking.forms import ConfirmForm
from satupintu.trust.accounts import queries as accounts
from satupintu.trust.accounts.access import signed_in_al2
from satupintu.trust.agencies.queries import AgencyCard

from .ways import get_account_id, of_an_agency, read_proof, show


@signed_in_al2
@require_http_methods(["GET", "HEAD", "POST"])
@of_an_agency
def review(request: HttpRequest, agency: AgencyCard) -> HttpResponse:
    """Which record it is and what the agency will get to see; then yes or no."""
    if request.method == "POST":
        return _decide(request, agency)
    account_id = get_account_id(request)
    attempt = queries.get_attempt(account_id=account_id, agency_slug=agency.slug, at=timezone.now())
    if attempt is None or not attempt.is_matched:
        return _go_on_from(request, agency)
    return show(request, "review", agency, attempt=attempt)


def _decide(request: HttpRequest, agency: AgencyCard) -> HttpResponse:
    form = ConfirmForm(request.POST)
    if not form.is_valid():
        return show(request, "expired", agency, status=422)
    if form.cleaned_data["choice"] == "cancel":
        actions.abandon_attempt(account_id=get_account_id(request), agency_slug=agency.slug)
        messages.info(request, _("Nothing was linked. The code stays good until its end date."))
        return redirect("linking:agency", slug=agency.slug)
    return _confirm(request, agency, form)


def _confirm(request: HttpRequest, agency: AgencyCard, form: ConfirmForm) -> HttpResponse:
    account_id = get_account_id(request)
    at = timezone.now()
    try:
        actions.confirm_link(
            account_id=account_id,
            device_key=accounts.device_key(request),
            agency_slug=agency.slug,
            attempt_id=form.cleaned_data["attempt"],
            at=at,
            **read_proof(request),
        )
    except actions.ProofExpired as refusal:
        newer = queries.get_attempt(account_id=account_id, agency_slug=agency.slug, at=at)
        if newer is not None and newer.is_matched:
            # Another tab entered another code: what was shown is not what would be linked.
            messages.warning(
                request, _("You entered another code meanwhile. Please look at this page again.")
            )
            return redirect("linking:review", slug=agency.slug)
        return show(request, "expired", agency, status=refusal.status)
    except actions.RecordCannotBeLinked as refusal:
        return show(request, "refused", agency, refusal=refusal, status=refusal.status)
    except exchange.AgencyUnavailable as refusal:
        link = queries.get_link(account_id=account_id, agency_slug=agency.slug)
        if link is None:
            return show(request, "silent", agency, refusal=refusal, status=refusal.status)
        return _show_unfinished(request, agency, status=refusal.status)
    return redirect("linking:done", slug=agency.slug)


@signed_in_al2
@require_http_methods(["GET", "HEAD", "POST"])
@of_an_agency
def unfinished(request: HttpRequest, agency: AgencyCard) -> HttpResponse:
    """The agency has not said yes yet: finish it, or leave it."""
    if request.method != "POST":
        return _show_unfinished(request, agency, status=200)
    form = ConfirmForm(request.POST)
    if form.is_valid() and form.cleaned_data["choice"] == "agree":
        return _confirm(request, agency, form)
    link = queries.get_link(account_id=get_account_id(request), agency_slug=agency.slug)
    if link is not None and not link.is_active:
        actions.unlink(
            account_id=get_account_id(request), agency_slug=agency.slug, at=timezone.now()
        )
        messages.info(request, _("Nothing was linked."))
    return redirect("linking:agency", slug=agency.slug)


def _show_unfinished(request: HttpRequest, agency: AgencyCard, *, status: int) -> HttpResponse:
    link = queries.get_link(account_id=get_account_id(request), agency_slug=agency.slug)
    if link is None or link.is_active:
        return redirect("linking:agency", slug=agency.slug)
    ends_at = queries.get_pending_end(link=link, at=timezone.now())
    return show(request, "unfinished", agency, link=link, ends_at=ends_at, status=status)


@signed_in_al2
@require_safe
@of_an_agency
def done(request: HttpRequest, agency: AgencyCard) -> HttpResponse:
    link = queries.get_link(account_id=get_account_id(request), agency_slug=agency.slug)
    if link is None or not link.is_active:
        return redirect("linking:agency", slug=agency.slug)
    return show(request, "done", agency, link=link, stand=link.stand(timezone.now()))


def _go_on_from(request: HttpRequest, agency: AgencyCard) -> HttpResponse:
    """There is no proof to look at: it was used, or its time is over."""
    link = queries.get_link(account_id=get_account_id(request), agency_slug=agency.slug)
    if link is not None and link.is_active:
        return redirect("linking:done", slug=agency.slug)
    if link is not None:
        return redirect("linking:unfinished", slug=agency.slug)
    return show(request, "expired", agency, status=410)
