# SPDX-License-Identifier: Apache-2.0
"""Who calls the agency API: the bearer of an access token with the right scope (RFC 6750)."""

from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from ninja.security.base import AuthBase

from satupintu.foundation.errors import Refusal
from satupintu.trust.signin import queries as signin


class MissingToken(Refusal):
    code = "missing_token"
    message = _("Send an access token: Authorization: Bearer ...")
    status = 401


class AgencyToken(AuthBase):
    """An access token by client credentials (private_key_jwt) from the portal's token endpoint."""

    openapi_type = "oauth2"
    openapi_flows = {
        "clientCredentials": {
            "tokenUrl": "/openid/token",
            "scopes": {"messages:send": "Send messages to people who are known to you."},
        }
    }

    def __init__(self, *, scope: str) -> None:
        super().__init__()
        self.scope = scope

    def __call__(self, request: HttpRequest) -> object:
        """Raises a Refusal of status 401 or 403."""
        scheme, _space, token = request.headers.get("Authorization", "").partition(" ")
        if scheme.lower() != "bearer" or not token.strip():
            raise MissingToken
        return signin.authenticate_bearer(token=token.strip(), scope=self.scope, at=timezone.now())
