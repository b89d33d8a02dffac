# SPDX-License-Identifier: Apache-2.0
"""Made-up staff, and a test client that is signed in by a real session row."""

import factory
from django.conf import settings
from django.utils import timezone

from satupintu.foundation.crypto import hash_secret, new_secret
from satupintu.trust.agencies.tests.factories import AgencyFactory
from satupintu.trust.staff.models import StaffMember, StaffSession


class StaffFactory(factory.django.DjangoModelFactory):
    """An owner of an agency of her own, unless told otherwise."""

    class Meta:
        model = StaffMember

    agency = factory.SubFactory(AgencyFactory)
    email = factory.Sequence(lambda n: f"petugas{n}@kantor.nusa")
    full_name = factory.Sequence(lambda n: f"Ratna Sihombing {n}")
    role = "owner"
    joined_at = factory.LazyFunction(timezone.now)


class StewardFactory(StaffFactory):
    agency = None
    role = "steward"


def sign_in(client, member, at=None):
    """Sign a Django test client in as a staff member; answers the session's row."""
    at = at or timezone.now()
    key = new_secret()
    session = StaffSession.objects.create(
        key_hash=hash_secret(key), member=member, started_at=at, seen_at=at
    )
    client.cookies[settings.STAFF_SESSION_COOKIE_NAME] = key
    return session
