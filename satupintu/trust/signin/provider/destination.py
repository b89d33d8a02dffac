# SPDX-License-Identifier: Apache-2.0
"""Which agency a person comes from, as the pages of the accounts app ask."""

from datetime import datetime
from urllib.parse import parse_qsl, urlsplit

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.urls import reverse

from satupintu.trust.accounts import actions as accounts
from satupintu.trust.signin.queries.pushed import REQUEST_URI_PREFIX, get_opened_request

from .clients import find_client


def read_destination(address: str, at: datetime) -> accounts.Destination | None:
    """The agency whose authorization request `address` is, and its `login_hint`."""
    parts = urlsplit(address)
    if parts.path != reverse("signin:authorize"):
        return None
    params = dict(parse_qsl(parts.query))
    client = find_client(params.get("client_id", ""))
    if client is None:
        return None
    return accounts.Destination(
        agency=client.card.agency, email=_read_email(_find_hint(params, at=at))
    )


def _find_hint(params: dict[str, str], *, at: datetime) -> str:
    request_uri = params.get("request_uri", "")
    if request_uri.startswith(REQUEST_URI_PREFIX):
        found = get_opened_request(
            request_uri=request_uri, client_id=params.get("client_id", ""), at=at
        )
        params = found or {}
    return params.get("login_hint", "")


def _read_email(hint: str) -> str:
    """A hint that is no e-mail address fills in no field: it is an agency's word, not ours."""
    try:
        validate_email(hint)
    except ValidationError:
        return ""
    return hint
