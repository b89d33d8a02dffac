# SPDX-License-Identifier: Apache-2.0
import json
from datetime import datetime

from django.db import connection

from satupintu.foundation import crypto

# RFC 9126, section 2.2. What follows is a secret of 256 bits.
REQUEST_URI_PREFIX = "urn:ietf:params:oauth:request_uri:"


def hash_request_uri(request_uri: str) -> str:
    """How a pushed request is stored and found."""
    return crypto.hash_secret(request_uri.removeprefix(REQUEST_URI_PREFIX))


def get_opened_request(*, request_uri: str, client_id: str, at: datetime) -> dict[str, str] | None:
    """What was pushed, while the person to whom it was opened has not answered yet."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT params FROM signin_pushed_request
            WHERE request_hash = %s AND client_id = %s AND opened_at IS NOT NULL
                AND answered_at IS NULL AND expires_at > %s
            """,
            [hash_request_uri(request_uri), client_id, at],
        )
        row = cursor.fetchone()
    return None if row is None else json.loads(row[0])
