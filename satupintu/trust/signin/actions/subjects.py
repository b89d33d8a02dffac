# SPDX-License-Identifier: Apache-2.0
from datetime import datetime
from uuid import UUID

from satupintu.foundation import crypto
from satupintu.trust.signin import queries
from satupintu.trust.signin.models import Subject


def ensure_subject(*, account_id: UUID, sector: str, at: datetime) -> str:
    """The person's name in a sector, made at the first call.

    Random and stored, so that no two sectors can compare theirs (design rule 1).
    """
    subject = queries.get_subject(account_id=account_id, sector=sector)
    if subject is not None:
        return subject
    # Two tabs may both be the first; the constraint keeps one, and both are told that one.
    Subject.objects.bulk_create(
        [Subject(account_id=account_id, sector=sector, subject=crypto.new_secret(), created_at=at)],
        ignore_conflicts=True,
    )
    return Subject.objects.values_list("subject", flat=True).get(
        account_id=account_id, sector=sector
    )
