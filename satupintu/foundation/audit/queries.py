# SPDX-License-Identifier: Apache-2.0
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from .models import AccessRecord


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
    rows = AccessRecord.objects.filter(account_id=account_id).order_by("-at")[:limit]
    return [
        Access(
            at=row.at,
            actor_kind=row.actor_kind,
            actor_agency=row.actor_agency,
            what=row.what,
            purpose_code=row.purpose_code,
            words_id=row.words_id,
            words_en=row.words_en,
            legal_basis=row.legal_basis,
        )
        for row in rows
    ]
