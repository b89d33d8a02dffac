# SPDX-License-Identifier: Apache-2.0
"""`id_token_hint`: an ID token of ours, by which an agency says whom it expects."""

from authlib.oauth2.rfc6749 import InvalidRequestError

from satupintu.trust.signin import queries


def read_hinted_subject(hint: str, *, client_id: str) -> str:
    """The `sub` of an ID token that this client was once given; an old one is as good as a new
    one (OpenID Connect Core 1.0, section 3.1.2.1).

    Raises InvalidRequestError for anything else: a name that another agency was given, or that
    somebody made up, must not be tried out here.
    """
    claims = queries.read_id_token(hint)
    if claims.get("aud") != client_id or not isinstance(claims.get("sub"), str):
        raise InvalidRequestError("The id_token_hint is no ID token for this client")
    return claims["sub"]
