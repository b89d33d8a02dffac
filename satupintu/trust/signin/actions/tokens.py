# SPDX-License-Identifier: Apache-2.0
from datetime import datetime, timedelta
from typing import Any

from django.db import connection

from satupintu.foundation import crypto
from satupintu.foundation.ids import new_id
from satupintu.trust.rulebook import queries as rulebook

from .codes import Release

_STORE = """
    INSERT INTO signin_access_token (token_hash, client_id, account_id, grant_id, session_id,
        subject, scope, attributes, dpop_jkt, changes_wait_until, issued_at, expires_at)
    VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s)
"""
# One statement for both: every sign-in pays for it.
_STORE_WITH_VISIT = f"""
    WITH visit AS (
        INSERT INTO signin_visit (account_id, id, session_id, client_id, subject, signed_in_at,
            expires_at)
        VALUES (%s, %s, %s, %s, %s, %s, %s)
        ON CONFLICT (account_id, session_id, client_id) DO UPDATE SET
            signed_in_at = EXCLUDED.signed_in_at, expires_at = EXCLUDED.expires_at,
            ended_at = NULL, acknowledged_at = NULL
    )
    {_STORE}
"""  # noqa: S608 - two constants of this module


def store_token(
    *,
    token: str,
    client_id: str,
    scope: str,
    release: Release | None,
    lifetime: timedelta,
    at: datetime,
    dpop_jkt: str = "",
) -> None:
    """Keep the hash of a token; `release` is None for a client's own. With `dpop_jkt`, the
    thumbprint of a key, the token opens nothing without that key.

    A token of a session also says where the person is signed in now (`Visit`).
    """
    begun: list[Any] = []
    if release is not None and release.session_id is not None:
        kept = at + rulebook.get_duration("signin.visit_kept", at=at)
        begun = [release.account_id, new_id(), release.session_id, client_id, release.subject]
        begun += [at, kept]
    with connection.cursor() as cursor:
        cursor.execute(
            _STORE_WITH_VISIT if begun else _STORE,
            [
                *begun,
                crypto.hash_secret(token),
                client_id,
                release.account_id if release else None,
                release.grant_id if release else None,
                release.session_id if release else None,
                release.subject if release else "",
                scope,
                " ".join(release.userinfo_attributes) if release else "",
                dpop_jkt,
                release.changes_wait_until if release else None,
                at,
                at + lifetime,
            ],
        )
