# SPDX-License-Identifier: Apache-2.0
"""Who calls the agency API: the bearer of an access token with the right scope (RFC 6750), or the
holder of the key that the token is bound to (RFC 9449)."""

from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from ninja.security.base import AuthBase

from satupintu.foundation.errors import Refusal
from satupintu.foundation.problems import describe_problem
from satupintu.trust.signin import queries as signin
from satupintu.trust.signin.actions import check_proof

# What every operation may answer.
EVERYWHERE = {
    401: describe_problem(
        "The access token is missing, unknown, expired or revoked.",
        WWW_Authenticate="How to authenticate (RFC 6750)",
    ),
    403: describe_problem(
        "The token lacks the scope, or the agency is suspended.",
        WWW_Authenticate="How to authenticate (RFC 6750)",
    ),
    429: describe_problem("Too many requests.", Retry_After="Seconds to wait"),
    500: describe_problem("Something went wrong on our side; nothing was stored."),
    503: describe_problem(
        "The portal can't store anything at present; nothing was stored. Send it again.",
        Retry_After="Seconds to wait",
    ),
}

SCOPES = {
    "messages:send": "Send messages to people who are known to you.",
    "questions:answer": "See and answer what people ask about their access log.",
}


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
            "scopes": SCOPES,
        }
    }

    def __init__(self, *, scope: str) -> None:
        super().__init__()
        self.scope = scope

    def __call__(self, request: HttpRequest) -> object:
        """Raises a Refusal of status 401 or 403."""
        request.wanted_scope = self.scope  # type: ignore[attr-defined]
        scheme, _space, text = request.headers.get("Authorization", "").partition(" ")
        token, at, dpop_jkt = text.strip(), timezone.now(), ""
        if scheme.lower() not in {"bearer", "dpop"} or not token:
            raise MissingToken
        if scheme.lower() == "dpop":
            dpop_jkt = check_proof(
                request.headers.get("DPoP", ""),
                method=request.method or "",
                path=request.path,
                token=token,
                at=at,
            )
        return signin.authenticate_bearer(token=token, scope=self.scope, dpop_jkt=dpop_jkt, at=at)
