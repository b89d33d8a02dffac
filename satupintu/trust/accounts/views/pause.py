# SPDX-License-Identifier: Apache-2.0
"""A pause by nothing but the code from a letter: no account, no sign-in."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from satupintu.trust.accounts import actions, forms, queries
from satupintu.trust.accounts.access import public
from satupintu.trust.rulebook import queries as rulebook


@public
@never_cache
@sensitive_post_parameters("code")
@require_http_methods(["GET", "HEAD", "POST"])
def pause(request: HttpRequest) -> HttpResponse:
    """Pause the account that a code is about. Says nothing about whose it is."""
    form = forms.PauseForm(request.POST if request.method == "POST" else None)
    at = timezone.now()
    status = 422 if form.errors else 200
    if form.is_valid():
        try:
            pausing = actions.use_pause_code(
                typed=form.cleaned_data["code"], origin=queries.get_origin(request), at=at
            )
        except actions.PauseCodeWrong as refusal:
            status = forms.add_refusal(form, refusal, "code")
        except (actions.PausedLately, actions.PauseCodeRouteClosed) as refusal:
            status = forms.add_refusal(form, refusal)
        else:
            context = {"pausing": pausing, "is_running": pausing.pause.is_running(at=at)}
            return render(request, "accounts/pause_done.html", context)
    lasts = rulebook.get_duration("accounts.pause_lifetime", at=at)
    context = {"form": form, "hours": round(lasts.total_seconds() / 3600)}
    return render(request, "accounts/pause.html", context, status=status)
