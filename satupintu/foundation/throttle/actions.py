# SPDX-License-Identifier: Apache-2.0
"""Count attempts across workers, in PostgreSQL, by one statement (no read before write)."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import connection
from django.db.models import F

from satupintu.foundation.crypto import keyed_hash

from .models import Attempts


@dataclass(frozen=True)
class Count:
    """Attempts so far in the running window, and when it ends."""

    count: int
    window_ends_at: datetime


def count_attempt(*, scope: str, key: str, window: timedelta, at: datetime) -> Count:
    """Count one attempt and say how many there are, this one included.

    The window starts with its first attempt. Safe from any number of workers at once.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            """
            INSERT INTO throttle_attempts AS t (scope, key, window_ends_at, count)
            VALUES (%(scope)s, %(key)s, %(ends)s, 1)
            ON CONFLICT (scope, key) DO UPDATE SET
                count = CASE WHEN t.window_ends_at <= %(at)s THEN 1 ELSE t.count + 1 END,
                window_ends_at = CASE WHEN t.window_ends_at <= %(at)s
                                      THEN EXCLUDED.window_ends_at ELSE t.window_ends_at END
            RETURNING count, window_ends_at
            """,
            {"scope": scope, "key": keyed_hash(scope, key), "ends": at + window, "at": at},
        )
        count, ends_at = cursor.fetchone()
    return Count(count=count, window_ends_at=ends_at)


def get_count(*, scope: str, key: str, at: datetime) -> int:
    """Attempts in the running window, without counting one."""
    row = Attempts.objects.filter(
        scope=scope, key=keyed_hash(scope, key), window_ends_at__gt=at
    ).values_list("count", flat=True)
    return row.first() or 0


def forget_attempts(*, scope: str, key: str) -> None:
    """After a success, what came before no longer counts."""
    Attempts.objects.filter(scope=scope, key=keyed_hash(scope, key)).delete()


def take_back_attempt(*, scope: str, key: str) -> None:
    """Uncount one attempt that turned out to be none: right, or never answered."""
    Attempts.objects.filter(scope=scope, key=keyed_hash(scope, key), count__gt=0).update(
        count=F("count") - 1
    )
