# SPDX-License-Identifier: Apache-2.0
from dataclasses import dataclass, fields
from datetime import datetime
from uuid import UUID

from django.db import connection
from django.utils import timezone

from satupintu.foundation.audit.models import AccessRecord
from satupintu.foundation.audit.rules import Facts

_NAMES = tuple(field.name for field in fields(Facts))


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


def list_accesses(*, account_id: UUID, limit: int = 50, at: datetime | None = None) -> list[Access]:
    """Newest first, without what is sealed at this moment (now, where none is given)."""
    # Written out because every home page pays for it.
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT at, actor_kind, actor_agency, what, purpose_code, words_id, words_en, legal_basis
            FROM audit_access_record WHERE account_id = %s
                AND (sealed_until IS NULL OR sealed_until <= %s)
            ORDER BY at DESC LIMIT %s
            """,
            [account_id, at or timezone.now(), limit],
        )
        return [Access(*row) for row in cursor]


def get_facts(record: AccessRecord) -> Facts:
    """What a stored row says now; its commitment says what it said when it was written."""
    return Facts(**{name: getattr(record, name) for name in _NAMES})
