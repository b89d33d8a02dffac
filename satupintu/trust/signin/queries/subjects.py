# SPDX-License-Identifier: Apache-2.0
from uuid import UUID

from satupintu.trust.signin.models import Subject


def get_subject(*, account_id: UUID, sector: str) -> str | None:
    """The person's name in a sector, if she has one there already."""
    rows = Subject.objects.filter(account_id=account_id, sector=sector)
    return rows.values_list("subject", flat=True).first()


def get_account_of_subject(*, sector: str, subject: str) -> UUID | None:
    """Whom a sector means by a subject. Another sector's subject answers None."""
    rows = Subject.objects.filter(sector=sector, subject=subject)
    return rows.values_list("account_id", flat=True).first()
