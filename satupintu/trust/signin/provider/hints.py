# SPDX-License-Identifier: Apache-2.0
"""`id_token_hint`: an ID token of ours, by which an agency says whom it expects."""

from authlib.oauth2.rfc6749 import InvalidRequestError
from django.conf import settings
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet

from satupintu.trust.signin import queries

_ALGORITHMS = ["ES256", "RS256"]


def read_hinted_subject(hint: str, *, client_id: str) -> str:
    """The `sub` of an ID token that this client was once given; an old one is as good as a new
    one (OpenID Connect Core 1.0, section 3.1.2.1).

    Raises InvalidRequestError for anything else: a name that another agency was given, or that
    somebody made up, must not be tried out here.
    """
    try:
        token = jwt.decode(
            hint, KeySet.import_key_set({"keys": list(queries.list_public_keys())}), _ALGORITHMS
        )
    except (JoseError, ValueError, RecursionError) as error:
        raise InvalidRequestError("The id_token_hint is not signed by this issuer") from error
    claims = token.claims
    is_ours = claims.get("iss") == settings.PUBLIC_URL and claims.get("aud") == client_id
    # Other tokens carry a subject too; only an ID token says when the person signed in.
    if not is_ours or "auth_time" not in claims or not isinstance(claims.get("sub"), str):
        raise InvalidRequestError("The id_token_hint is no ID token for this client")
    return claims["sub"]
