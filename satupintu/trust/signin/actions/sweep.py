# SPDX-License-Identifier: Apache-2.0
from datetime import datetime, timedelta

from satupintu.foundation.database.sweeping import sweep_table

# A replayed code must still be recognised while what it gave may live.
KEPT_AFTER_EXPIRY = timedelta(hours=1)

TABLES = (
    "signin_code",
    "signin_access_token",
    "signin_refresh_family",
    "signin_used_assertion",
    "signin_pushed_request",
    "signin_visit",
)


def sweep_expired(*, at: datetime) -> int:
    """Delete codes, tokens, families, replay records, pushed requests and visits that ended an hour ago;
    answers how many. A sign-in never waits for it (foundation/database/sweeping.py)."""
    before = at - KEPT_AFTER_EXPIRY
    return sum(sweep_table(table=table, column="expires_at", before=before) for table in TABLES)
