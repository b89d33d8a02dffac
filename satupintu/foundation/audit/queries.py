# SPDX-License-Identifier: Apache-2.0
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import connection


@dataclass(frozen=True)
class Access:
    """One line of a person's access log."""

    at: datetime
    actor_kind: str
    actor_agency: str
    what: str
    purpose_code: str
    words_id: str
    words_en: str
    legal_basis: str


def list_accesses(*, account_id: UUID, limit: int = 50) -> list[Access]:
    """Newest first."""
    # Written out because every home page pays for it.
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT at, actor_kind, actor_agency, what, purpose_code, words_id, words_en, legal_basis
            FROM audit_access_record WHERE account_id = %s ORDER BY at DESC LIMIT %s
            """,
            [account_id, limit],
        )
        return [Access(*row) for row in cursor]
