# SPDX-License-Identifier: Apache-2.0
"""Give and withdraw consent. Nothing else writes it."""

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from django.db import transaction

from .models import Consent


@transaction.atomic
def give_consent(
    *, account_id: UUID, agency_slug: str, attributes: Iterable[str], purpose: str, at: datetime
) -> None:
    """Record a yes for each attribute; what is agreed to already stays as it was.

    Call it only after the person was shown each attribute in plain words and agreed.
    """
    Consent.objects.bulk_create(
        [
            Consent(
                account_id=account_id,
                agency=agency_slug,
                attribute=attribute,
                purpose=purpose,
                given_at=at,
            )
            for attribute in sorted(set(attributes))
        ],
        # Two tabs may agree at once; the constraint keeps one.
        ignore_conflicts=True,
    )


def withdraw_consent(*, account_id: UUID, agency_slug: str, at: datetime) -> int:
    """End every running consent to one agency; answers how many ended."""
    return Consent.objects.filter(
        account_id=account_id, agency=agency_slug, withdrawn_at=None
    ).update(withdrawn_at=at)
