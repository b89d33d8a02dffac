# SPDX-License-Identifier: Apache-2.0
"""What a site asks when it sends somebody to sign out (OpenID Connect RP-Initiated Logout 1.0)."""

from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID

from django.core import signing

from satupintu.trust.agencies import queries as agencies
from satupintu.trust.signin import queries

_SALT = "signin.logout"
_VALID_SECONDS = 3600
LONGEST_STATE = 512


@dataclass(frozen=True)
class LogoutRequest:
    """Only what an ID token of ours proves. Without one it is empty: nobody is known to ask, and
    nobody is sent anywhere."""

    client: agencies.ClientCard | None = None
    sid: str = ""
    redirect_uri: str = ""
    state: str = ""

    def names_session(self, session_id: UUID | None) -> bool:
        """Whether the site means the very session that this browser is in."""
        return (
            self.client is not None
            and session_id is not None
            and queries.is_session_named(
                sid=self.sid, session_id=session_id, client_id=self.client.client_id
            )
        )


def read_logout_request(params: Mapping[str, str]) -> LogoutRequest:
    """Never refuses: whoever wants to sign out shall, whatever else is wrong with the request.

    An expired ID token is as good as a fresh one (section 2). An address that is not registered
    character for character is left out, and so is every address without an ID token.
    """
    claims = queries.read_id_token(params.get("id_token_hint", ""))
    client = agencies.get_client(client_id=str(claims.get("aud"))) if claims else None
    if client is None or params.get("client_id", client.client_id) != client.client_id:
        return LogoutRequest()
    redirect_uri = params.get("post_logout_redirect_uri", "")
    if redirect_uri not in client.post_logout_redirect_uris:
        redirect_uri = ""
    return LogoutRequest(
        client=client,
        sid=str(claims.get("sid", "")),
        redirect_uri=redirect_uri,
        state=params.get("state", "")[:LONGEST_STATE],
    )


def seal(asked: LogoutRequest) -> str:
    """For our own page's form and address: signed, without the ID token, good for an hour."""
    client_id = asked.client.client_id if asked.client else ""
    return signing.dumps([client_id, asked.sid, asked.redirect_uri, asked.state], salt=_SALT)


def unseal(sealed: str) -> LogoutRequest:
    """Empty when it is not ours, is too old, or its client may no longer speak."""
    try:
        client_id, sid, redirect_uri, state = signing.loads(
            sealed, salt=_SALT, max_age=_VALID_SECONDS
        )
    except (signing.BadSignature, ValueError, TypeError):
        return LogoutRequest()
    client = agencies.get_client(client_id=client_id)
    if client is None or redirect_uri not in {"", *client.post_logout_redirect_uris}:
        return LogoutRequest()
    return LogoutRequest(client=client, sid=sid, redirect_uri=redirect_uri, state=state)
