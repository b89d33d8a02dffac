# SPDX-License-Identifier: Apache-2.0
"""The endpoint to which clients push their requests before they send a person (RFC 9126)."""

from authlib.oauth2.base import OAuth2Error
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils import timezone
from django.views.decorators.http import require_POST

from satupintu.trust.accounts.access import machine, protocol
from satupintu.trust.signin.provider import ProviderRequest, server
from satupintu.trust.signin.provider.pushed import receive_pushed


@machine
@protocol("private_key_jwt or client_secret_basic")
@require_POST
def push(request: HttpRequest) -> HttpResponse:
    """A request for an address that stands for it, once (section 2)."""
    asked = ProviderRequest(request, request.POST, at=timezone.now())
    try:
        request_uri, lifetime = receive_pushed(asked)
    except OAuth2Error as error:
        # The client itself hears it: there is nobody to send anywhere.
        error.redirect_uri = None
        error.state = None
        return server.handle_error_response(asked, error)
    return JsonResponse(
        {"request_uri": request_uri, "expires_in": int(lifetime.total_seconds())},
        status=201,
        headers={"Cache-Control": "no-store"},
    )
