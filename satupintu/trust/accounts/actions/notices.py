# SPDX-License-Identifier: Apache-2.0
"""The mail that follows a change of what guards an account."""

from dataclasses import dataclass
from uuid import UUID

from satupintu.foundation.crypto import decrypt
from satupintu.trust.accounts.models import Account, Activity

from .mails import write_notice


@dataclass(frozen=True)
class Notice:
    to: str
    subject: str
    body: str


def get_notice(*, account_id: UUID, activity_id: UUID) -> Notice | None:
    """None where it was told already, or there is no such change."""
    line = Activity.objects.filter(account_id=account_id, id=activity_id).first()
    if line is None or not line.sealed_address:
        return None
    language = Account.objects.values_list("language", flat=True).get(id=account_id)
    subject, body = write_notice(what=line.kind, at=line.at, language=language)
    return Notice(to=decrypt(line.sealed_address), subject=subject, body=body)


def forget_notice(*, account_id: UUID, activity_id: UUID) -> None:
    """It was told: an old address is kept no longer than that."""
    Activity.objects.filter(account_id=account_id, id=activity_id).update(sealed_address="")
