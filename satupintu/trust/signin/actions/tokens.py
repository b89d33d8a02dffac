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
        account_id=release.account_id if release else None,
        grant_id=release.grant_id if release else None,
        subject=release.subject if release else "",
        scope=scope,
        issued_at=at,
        expires_at=at + lifetime,
    )
