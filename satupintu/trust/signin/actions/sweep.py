# SPDX-License-Identifier: Apache-2.0
from datetime import datetime, timedelta

from django.db import connection

BATCH = 2000
# A replayed code must still be recognised while what it gave may live.
KEPT_AFTER_EXPIRY = timedelta(hours=1)

_STATEMENTS = {
    table: f"""
        DELETE FROM {table} WHERE ctid = ANY(ARRAY(
            SELECT ctid FROM {table} WHERE expires_at < %s
            ORDER BY expires_at LIMIT %s FOR UPDATE SKIP LOCKED
        ))
    """  # noqa: S608 - the names stand below
    for table in (
        "signin_code",
        "signin_access_token",
        "signin_refresh_family",
        "signin_used_assertion",
        "signin_pushed_request",
        "signin_visit",
    )
}


def sweep_expired(*, at: datetime) -> int:
    """Delete what expired an hour ago; answers how many.

    In batches that commit one by one and pass over rows somebody else holds, so that a sign-in
    never waits for it. Safe to end at any moment and to run twice.
    """
    swept = 0
    for statement in _STATEMENTS.values():
        while True:
            with connection.cursor() as cursor:
                cursor.execute(statement, [at - KEPT_AFTER_EXPIRY, BATCH])
                swept += cursor.rowcount
                if cursor.rowcount < BATCH:
                    break
    return swept
