# SPDX-License-Identifier: Apache-2.0
from uuid import UUID

from .models import Consent


def list_consented_attributes(*, account_id: UUID, agency_slug: str) -> frozenset[str]:
    """What this person lets this agency see now."""
    return frozenset(
        Consent.objects.filter(
            account_id=account_id, agency=agency_slug, withdrawn_at=None
        ).values_list("attribute", flat=True)
    )
