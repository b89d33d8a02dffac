# SPDX-License-Identifier: Apache-2.0
"""Pushed authorization requests (RFC 9126): stored by hash, opened once, answered once."""

import json
from collections.abc import Mapping
from datetime import datetime, timedelta

from django.db import connection

from satupintu.foundation import crypto
from satupintu.trust.rulebook import queries as rulebook
from satupintu.trust.signin.queries.pushed import REQUEST_URI_PREFIX, hash_request_uri

# Whatever the rulebook says (FAPI 2.0 Security Profile, section 5.3.2.2: less than 600 seconds).
LONGEST_LIFE = timedelta(seconds=599)


def push_request(
    *, client_id: str, params: Mapping[str, str], at: datetime
) -> tuple[str, timedelta]:
    """Keep a request for a moment; answers its address and how long it is good for."""
    lifetime = min(rulebook.get_duration("signin.pushed_request_lifetime", at=at), LONGEST_LIFE)
    request_uri = REQUEST_URI_PREFIX + crypto.new_secret()
    with connection.cursor() as cursor:
        cursor.execute(
            """
            INSERT INTO signin_pushed_request (request_hash, client_id, params, expires_at)
            VALUES (%s, %s, %s, %s)
            """,
            [hash_request_uri(request_uri), client_id, json.dumps(dict(params)), at + lifetime],
        )
    return request_uri, lifetime


def open_request(*, request_uri: str, client_id: str, at: datetime) -> dict[str, str] | None:
    """What was pushed, to the first who asks; None to everybody after, and to another client.

    From now on the person has time to sign in, as with any other request.
    """
    stays_open_for = rulebook.get_duration("signin.open_request_lifetime", at=at)
    with connection.cursor() as cursor:
        # One statement reads and marks, so of two browsers at once exactly one is the first.
        cursor.execute(
            """
            UPDATE signin_pushed_request SET opened_at = %s, expires_at = %s
            WHERE request_hash = %s AND client_id = %s AND opened_at IS NULL AND expires_at > %s
            RETURNING params
            """,
            [at, at + stays_open_for, hash_request_uri(request_uri), client_id, at],
        )
        row = cursor.fetchone()
    return None if row is None else json.loads(row[0])


def close_request(*, request_uri: str, client_id: str, at: datetime) -> bool:
    """Note that the request is being answered; False when it was, or when it is over."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            UPDATE signin_pushed_request SET answered_at = %s
            WHERE request_hash = %s AND client_id = %s AND opened_at IS NOT NULL
                AND answered_at IS NULL AND expires_at > %s
            """,
            [at, hash_request_uri(request_uri), client_id, at],
        )
        return cursor.rowcount == 1
