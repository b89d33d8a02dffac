# SPDX-License-Identifier: Apache-2.0
"""Put stored secrets under the newest encryption key."""

from allauth.mfa.models import Authenticator
from django.db import transaction

from satupintu.foundation import crypto
from satupintu.trust.accounts.models import Activity

BATCH = 500


def rotate_secrets() -> int:
    """Re-encrypt authenticator secrets and waiting addresses; answers how many.

    Runs beside people who sign in: each row is locked only while it is written. Afterwards old
    keys may be taken out of SATUPINTU_ENCRYPTION_KEYS, once queued mails have left.
    """
    count = 0
    ids = Authenticator.objects.filter(type=Authenticator.Type.TOTP).values_list("id", flat=True)
    for entry_id in ids.iterator(chunk_size=BATCH):
        with transaction.atomic():
            entry = (
                Authenticator.objects.select_for_update(of=("self",)).filter(id=entry_id).first()
            )
            if entry is not None:
                entry.data["secret"] = crypto.rotate(entry.data["secret"])
                entry.save(update_fields=["data"])
                count += 1
    for line in Activity.objects.exclude(sealed_address="").iterator(chunk_size=BATCH):
        # A notice that was told meanwhile stays empty.
        count += Activity.objects.filter(
            account_id=line.account_id, id=line.id, sealed_address=line.sealed_address
        ).update(sealed_address=crypto.rotate(line.sealed_address))
    return count
