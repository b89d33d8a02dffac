# SPDX-License-Identifier: Apache-2.0
from datetime import datetime, timedelta

from django.db import connection

from satupintu.foundation import crypto

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
    with connection.cursor() as cursor:
        cursor.execute(
            """
            INSERT INTO signin_access_token (token_hash, client_id, account_id, grant_id, subject,
                scope, attributes, issued_at, expires_at)
            VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s)
            """,
            [
                crypto.hash_secret(token),
                client_id,
                release.account_id if release else None,
                release.grant_id if release else None,
                release.subject if release else "",
                scope,
                " ".join(release.userinfo_attributes) if release else "",
                at,
                at + lifetime,
            ],
        )
