# SPDX-License-Identifier: Apache-2.0
"""Where a person goes next, and what her browser keeps."""

import secrets
from urllib.parse import urlencode, urlsplit

from django.conf import settings
from django.core import signing
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme

from satupintu.trust.accounts import actions, queries
from satupintu.trust.accounts.access import take_typed
from satupintu.trust.accounts.models import Account

DEVICE_AGE = 365 * 24 * 60 * 60
KEPT_ACCOUNTS = 8


def read_next(request: HttpRequest, fallback: str = "") -> str:
    """The page of ours to go to afterwards; an address elsewhere counts as none."""
    wanted = request.POST.get("next") or request.GET.get("next") or ""
    return wanted if is_ours(request, wanted) else fallback


def is_ours(request: HttpRequest, address: str) -> bool:
    return address.startswith("/") and url_has_allowed_host_and_scheme(
        address, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    )


def with_next(url_name: str, next_page: str) -> str:
    query = f"?{urlencode({'next': next_page})}" if next_page else ""
    return f"{reverse(url_name)}{query}"


def go_on(request: HttpRequest, next_page: str) -> HttpResponse:
    """To the next page after a form.

    The authorization endpoint answers with a redirect to an agency, and a browser refuses one
    that follows a form (CSP form-action 'self'). So the form ends here, in a page that goes on by
    itself, and the redirect follows a plain visit.
    """
    target = next_page or settings.LOGIN_REDIRECT_URL
    typed = take_typed(request, path=target)
    if typed is not None:
        return render(request, "accounts/typed.html", {"target": target, "typed": typed})
    if urlsplit(target).path.startswith("/openid/"):
        return render(request, "accounts/onward.html", {"target": target})
    return HttpResponseRedirect(target)


def remember_device(response: HttpResponse, request: HttpRequest, account: Account) -> None:
    """A device on which somebody signed in gets an id, so that her tries are counted apart from
    those of strangers (safety rule 6)."""
    cookie = queries.read_device_cookie(request)
    here = actions.hash_account(account.email)
    others = [known for known in cookie.get("accounts", []) if known != here]
    content = {
        "id": cookie.get("id") or secrets.token_urlsafe(16),
        "accounts": [*others, here][-KEPT_ACCOUNTS:],
    }
    response.set_cookie(
        queries.DEVICE_COOKIE,
        signing.dumps(content, salt=queries.DEVICE_SALT),
        max_age=DEVICE_AGE,
        path="/",
        secure=settings.HTTPS,
        httponly=True,
        samesite="Lax",
    )
