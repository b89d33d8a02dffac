# SPDX-License-Identifier: Apache-2.0
"""The endpoints where a client's program asks about tokens that it holds, and ends them."""

from authlib.oauth2.rfc6749 import InvalidRequestError
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.http import require_POST

from satupintu.trust.accounts.access import machine, protocol
from satupintu.trust.signin.provider import ProviderRequest, server


@machine
@protocol("private_key_jwt or client_secret_basic")
@require_POST
def revoke(request: HttpRequest) -> HttpResponse:
    """RFC 7009, section 2."""
    return _answer("revocation", request)


@machine
@protocol("private_key_jwt or client_secret_basic")
@require_POST
def introspect(request: HttpRequest) -> HttpResponse:
    """RFC 7662, section 2."""
    return _answer("introspection", request)


def _answer(endpoint: str, request: HttpRequest) -> HttpResponse:
    asked = ProviderRequest(request, request.POST, at=timezone.now())
    if not asked.payload.is_storable:
        return server.refuse(asked, InvalidRequestError("A parameter contains a NUL character"))
    if asked.payload.repeated:
        return server.refuse(asked, InvalidRequestError("A parameter was sent more than once"))
    with transaction.atomic():
        return server.create_endpoint_response(endpoint, asked)
