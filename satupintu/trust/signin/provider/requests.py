# SPDX-License-Identifier: Apache-2.0
from datetime import datetime

from authlib.oauth2.rfc6749 import OAuth2Payload, OAuth2Request
from django.conf import settings
from django.http import HttpRequest, QueryDict
from django.utils.datastructures import MultiValueDict

from satupintu.trust.signin.requested_claims import RequestedClaims
from satupintu.trust.signin.rules import ATTRIBUTES_OF_SCOPE


class Parameters(OAuth2Payload):
    """Parameters from one place only: what stands in the address never mixes with a form."""

    def __init__(self, query: QueryDict | MultiValueDict[str, str]) -> None:
        self._data = {name: str(value) for name, value in query.items()}
        self._datalist = dict(query.lists())

    @property
    def data(self) -> dict[str, str]:
        return self._data

    @property
    def datalist(self) -> dict[str, list[str]]:
        return self._datalist

    @property
    def repeated(self) -> list[str]:
        """Parameters that came more than once, which none may (RFC 6749, section 3.1)."""
        return [name for name, values in self._datalist.items() if len(values) > 1]

    @property
    def is_storable(self) -> bool:
        """PostgreSQL's text knows no NUL, and no parameter of the protocol needs one."""
        return not any("\0" in value for values in self._datalist.values() for value in values)


class ProviderRequest(OAuth2Request):
    """A request as Authlib reads it, and the moment at which it is judged."""

    payload: Parameters

    def __init__(self, request: HttpRequest, parameters: QueryDict, *, at: datetime) -> None:
        # The address that people type, not the Host header, decides what is secure.
        super().__init__(
            request.method or "", settings.PUBLIC_URL + request.path, headers=request.headers
        )
        self.payload = Parameters(parameters)
        self.at = at
        self.path = request.path
        # The key that the client showed in this request: its thumbprint (RFC 9449).
        self.dpop_jkt = ""
        # Where a pushed request is found again, and whether this is one (RFC 9126).
        self.request_uri = ""
        self.is_pushed = False
        # What this request looks like in an address of ours.
        self.address = self.payload.data
        # What the authorization endpoint read from `claims`.
        self.requested_claims = RequestedClaims()
        # What the answer of the token endpoint tells about the person: attributes.
        self.told = frozenset({ATTRIBUTES_OF_SCOPE["openid"]})

    @property
    def form(self) -> dict[str, str]:
        return self.payload.data
