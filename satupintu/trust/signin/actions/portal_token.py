# SPDX-License-Identifier: Apache-2.0
from datetime import datetime

from django.conf import settings
from joserfc import jwt

from satupintu.foundation import crypto
from satupintu.trust.signin.queries.keys import PORTAL_TOKEN_LIFETIME

from .keys import get_signing_key


def sign_portal_token(*, audience: str, scope: str, at: datetime) -> str:
    """The portal's own proof in a call to an agency: a JWT for that agency, that scope, once."""
    key = get_signing_key(algorithm="ES256", at=at)
    issued_at = int(at.timestamp())
    return jwt.encode(
        {"alg": "ES256", "kid": key.kid},
        {
            "iss": settings.PUBLIC_URL,
            "aud": audience,
            "iat": issued_at,
            "exp": issued_at + int(PORTAL_TOKEN_LIFETIME.total_seconds()),
            "jti": crypto.new_secret(),
            "scope": scope,
        },
        key,
        algorithms=["ES256"],
    )
