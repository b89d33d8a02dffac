# SPDX-License-Identifier: Apache-2.0
from datetime import datetime, timedelta

from satupintu.foundation import crypto
from satupintu.trust.signin.models import AccessToken

from .codes import Release


def store_token(
    *,
    token: str,
    client_id: str,
    scope: str,
    release: Release | None,
    lifetime: timedelta,
    at: datetime,
) -> None:
    """Keep the hash of a token; `release` is None for a client's own."""
    AccessToken.objects.create(
        token_hash=crypto.hash_secret(token),
        client_id=client_id,
        account_id=release and release.account_id,
        grant_id=release and release.grant_id,
        subject=release.subject if release else "",
        scope=scope,
        issued_at=at,
        expires_at=at + lifetime,
    )
