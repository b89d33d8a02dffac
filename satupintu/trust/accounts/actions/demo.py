# SPDX-License-Identifier: Apache-2.0
"""Made-up people of the demo."""

from datetime import datetime
from uuid import UUID

from django.conf import settings
from django.contrib.auth.hashers import make_password
from django.db import transaction

from satupintu.foundation.errors import Refusal
from satupintu.trust.accounts.models import Account, Activity
from satupintu.trust.accounts.queries import Origin
from satupintu.trust.accounts.rules.passwords import normalize_password

from .activity import record_activity
from .factors import make_recovery_codes, store_app


class OnlyInTheDemo(Refusal):
    code = "only_in_the_demo"
    status = 403


@transaction.atomic
def create_demo_account(
    *,
    email: str,
    full_name: str,
    password: str,
    totp_secret: str,
    language: str,
    at: datetime,
) -> UUID:
    """An account whose secrets are printed for everybody to read. Refused outside the demo.

    An account that is there already keeps what it is. Without `totp_secret` it has one factor.
    """
    if not (settings.DEMO or settings.TESTING):
        raise OnlyInTheDemo
    account, made = Account.objects.get_or_create(
        email=email.lower(),
        defaults={
            "full_name": full_name,
            "language": language,
            "password": make_password(normalize_password(password)),
            "joined_at": at,
        },
    )
    if made:
        if totp_secret:
            store_app(account_id=account.pk, secret=totp_secret, used_step=0, at=at)
            make_recovery_codes(account_id=account.pk, at=at)
        record_activity(
            account_id=account.pk, kind=Activity.Kind.ACCOUNT_MADE, origin=Origin(), at=at
        )
    return account.pk
