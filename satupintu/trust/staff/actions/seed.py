# SPDX-License-Identifier: Apache-2.0
"""Made-up staff of the demo."""

from datetime import datetime

from django.conf import settings
from django.db import transaction

from satupintu.trust.accounts.actions import OnlyInTheDemo
from satupintu.trust.agencies import queries as agencies
from satupintu.trust.staff.models import StaffMember, StaffPasskey

from .invite import make_link


@transaction.atomic
def ensure_demo_member(
    *, email: str, full_name: str, role: str, agency_slug: str, at: datetime
) -> str:
    """A staff member and, while she has no passkey, a fresh link to make one, printed for
    everybody to read; empty afterwards. Raises OnlyInTheDemo (safety rule 27)."""
    if not (settings.DEMO or settings.TESTING):
        raise OnlyInTheDemo
    agency = agencies.get_agency(slug=agency_slug) if agency_slug else None
    member, _made = StaffMember.objects.get_or_create(
        email=email,
        defaults={
            "agency_id": agency.id if agency else None,
            "full_name": full_name,
            "role": role,
            "joined_at": at,
        },
    )
    if member.left_at or StaffPasskey.objects.filter(member_id=member.id).exists():
        return ""
    return make_link(member_id=member.id, by=None, at=at)
