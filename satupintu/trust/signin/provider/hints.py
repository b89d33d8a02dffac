# SPDX-License-Identifier: Apache-2.0
"""Hints of a site: whom it expects (`id_token_hint`), and which language she speaks there
(`ui_locales`)."""

from authlib.oauth2.rfc6749 import InvalidRequestError
from django.conf import settings

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


def find_language(ui_locales: str) -> str:
    """The first of the languages that a site names which is one of ours; "" for none."""
    known = dict(settings.LANGUAGES)
    asked = (locale.split("-")[0].lower() for locale in ui_locales.split())
    return next((language for language in asked if language in known), "")
