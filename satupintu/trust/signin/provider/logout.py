# SPDX-License-Identifier: Apache-2.0
"""What a site asks when it sends somebody to sign out (OpenID Connect RP-Initiated Logout 1.0)."""

from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID

from django.core import signing

from satupintu.foundation import crypto
from satupintu.trust.agencies import queries as agencies
from satupintu.trust.signin import queries

from .hints import find_language

_SALT = "signin.logout"
_VALID_SECONDS = 3600
LONGEST_STATE = 512


@dataclass(frozen=True)
class LogoutRequest:
    """Who asks, and where to go, only as an ID token of ours proves it. Without one nobody is known
    to ask, and nobody is sent anywhere."""

    client: agencies.ClientCard | None = None
    sid: str = ""
    redirect_uri: str = ""
    state: str = ""
    # Of the languages that the site names, one of ours; "" for none.
    language: str = ""
    # Whom the site means, as a hash: it may be an address, and this is sealed into addresses.
    hint: str = ""

    def names_session(self, session_id: UUID | None) -> bool:
        """Whether the site means the very session that this browser is in."""
        return (
            self.client is not None
            and session_id is not None
            and queries.is_session_named(
                sid=self.sid, session_id=session_id, client_id=self.client.client_id
            )
        )

    def means_another(self, *names: str) -> bool:
        """Whether the site names somebody, and by none of these names."""
        return bool(self.hint) and self.hint not in {_hash_hint(name) for name in names if name}


def _hash_hint(name: str) -> str:
    return crypto.keyed_hash("signin.logout_hint", name.strip().casefold())


def read_logout_request(params: Mapping[str, str]) -> LogoutRequest:
    """Never refuses: whoever wants to sign out shall, whatever else is wrong with the request.

    An expired ID token is as good as a fresh one (section 2). An address that is not registered
    character for character is left out, and so is every address without an ID token.
    """
    language = find_language(params.get("ui_locales", ""))
    named = params.get("logout_hint", "").strip()
    hint = _hash_hint(named) if named else ""
    claims = queries.read_id_token(params.get("id_token_hint", ""))
    client = agencies.get_client(client_id=str(claims.get("aud"))) if claims else None
    if client is None or params.get("client_id", client.client_id) != client.client_id:
        # Nobody knows in whose words this names her, unless it is an address.
        return LogoutRequest(language=language, hint=hint if "@" in named else "")
    redirect_uri = params.get("post_logout_redirect_uri", "")
    if redirect_uri not in client.post_logout_redirect_uris:
        redirect_uri = ""
    return LogoutRequest(
        client=client,
        sid=str(claims.get("sid", "")),
        redirect_uri=redirect_uri,
        state=params.get("state", "")[:LONGEST_STATE],
        language=language,
        hint=hint,
    )


def seal(asked: LogoutRequest) -> str:
    """For our own page's form and address: signed, without the ID token, good for an hour."""
    client_id = asked.client.client_id if asked.client else ""
    kept = [client_id, asked.sid, asked.redirect_uri, asked.state, asked.language, asked.hint]
    return signing.dumps(kept, salt=_SALT)


def unseal(sealed: str) -> LogoutRequest:
    """Empty when it is not ours, is too old, or its client may no longer speak."""
    try:
        client_id, sid, redirect_uri, state, language, hint = signing.loads(
            sealed, salt=_SALT, max_age=_VALID_SECONDS
        )
    except (signing.BadSignature, ValueError, TypeError):
        return LogoutRequest()
    client = agencies.get_client(client_id=client_id)
    if client is None or redirect_uri not in {"", *client.post_logout_redirect_uris}:
        return LogoutRequest(language=language, hint=hint)
    return LogoutRequest(
        client=client,
        sid=sid,
        redirect_uri=redirect_uri,
        state=state,
        language=language,
        hint=hint,
    )
