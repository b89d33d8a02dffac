# SPDX-License-Identifier: Apache-2.0
"""Pushed authorization requests (RFC 9126): what is pushed, and how a browser brings it back."""

from datetime import timedelta

from authlib.oauth2.base import OAuth2Error
from authlib.oauth2.rfc6749 import InvalidRequestError
from django.utils.datastructures import MultiValueDict

from satupintu.trust.signin import actions
from satupintu.trust.signin.queries.pushed import REQUEST_URI_PREFIX, get_opened_request

from .bound import read_asked_key
from .clients import AUTH_METHODS
from .demands import read_demand_of
from .freshness import PARAMETER as MARK
from .freshness import read_mark
from .requests import Parameters, ProviderRequest
from .server import server

LONGEST = 16_000  # characters
# How the client proved itself is nobody's business later; a mark is made by us alone.
NOT_KEPT = {"client_assertion", "client_assertion_type", "client_secret", MARK}


class InvalidRequestUri(OAuth2Error):
    """OpenID Connect Core 1.0, section 3.1.2.6."""

    error = "invalid_request_uri"


def receive_pushed(asked: ProviderRequest) -> tuple[str, timedelta]:
    """Judge a request as if a person came with it, and keep it for her (section 2.1).

    Answers its address and how long that is good for. Raises OAuth2Error.
    """
    if not asked.payload.is_storable:
        raise InvalidRequestError("A parameter contains a NUL character")
    if asked.payload.repeated:
        raise InvalidRequestError("A parameter was sent more than once")
    client = server.authenticate_client(asked, AUTH_METHODS, "par")
    params = asked.payload.data
    if params.get("client_id") != client.get_client_id():
        raise InvalidRequestError("The client_id must be that of the client that pushes")
    if "request_uri" in params:
        raise InvalidRequestError("A pushed request has no request_uri")
    kept = {name: value for name, value in params.items() if name not in NOT_KEPT}
    if sum(len(name) + len(value) for name, value in kept.items()) > LONGEST:
        raise InvalidRequestError(
            f"The request is longer than {LONGEST} characters", status_code=413
        )
    asked.is_pushed = True
    if key := read_asked_key(asked):
        kept["dpop_jkt"] = key
    read_demand_of(asked, server.get_consent_grant(asked))
    return actions.push_request(client_id=client.get_client_id(), params=kept, at=asked.at)


def fetch_pushed(asked: ProviderRequest) -> None:
    """Put what was pushed in the place of the address that points to it.

    Nothing but `client_id` of what else stands in the address counts (section 4). Only the first
    who comes is served, and then who comes back from a page of ours with our mark for it.
    Raises InvalidRequestUri.
    """
    brought = asked.payload.data
    request_uri = brought.get("request_uri", "")
    if not request_uri.startswith(REQUEST_URI_PREFIX) or asked.payload.repeated:
        return
    client_id = brought.get("client_id", "")
    asked.address = {
        name: brought[name] for name in ("client_id", "request_uri", MARK) if name in brought
    }
    find = get_opened_request if read_mark(asked.address) else actions.open_request
    params = find(request_uri=request_uri, client_id=client_id, at=asked.at)
    if params is None:
        raise InvalidRequestUri("The request_uri is unknown here, was used before, or is over")
    asked.payload = Parameters(MultiValueDict({name: [value] for name, value in params.items()}))
    asked.request_uri = request_uri
    asked.is_pushed = True


def use_up_pushed(asked: ProviderRequest) -> None:
    """A request that is being answered is answered this once. Raises InvalidRequestUri."""
    if asked.request_uri and not actions.close_request(
        request_uri=asked.request_uri, client_id=asked.client.get_client_id(), at=asked.at
    ):
        raise InvalidRequestUri("The request_uri was answered before, or is over")
