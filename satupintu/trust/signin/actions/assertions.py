# SPDX-License-Identifier: Apache-2.0
from datetime import UTC, datetime

from django.db import connection

from satupintu.foundation import crypto


def use_assertion(*, client_id: str, jti: str, expires_at: float) -> bool:
    """Remember a client assertion; False when it was presented before.

    The unique key decides, not a SELECT: two workers can be handed the same assertion at once.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            """
            INSERT INTO signin_used_assertion (client_id, jti_hash, expires_at)
            VALUES (%s, %s, %s) ON CONFLICT DO NOTHING
            """,
            [client_id, crypto.hash_secret(jti), datetime.fromtimestamp(expires_at, tz=UTC)],
        )
        return cursor.rowcount == 1
