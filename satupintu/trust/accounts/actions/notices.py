# SPDX-License-Identifier: Apache-2.0
"""The mail that follows a change of what guards an account."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from satupintu.foundation.crypto import decrypt
from satupintu.trust.accounts.models import Account, Activity

from .mails import write_notice
from .pauses import make_pause_code


@dataclass(frozen=True)
class Notice:
    to: str
    subject: str
    body: str


def get_notice(*, account_id: UUID, activity_id: UUID, at: datetime) -> Notice | None:
    """The mail, with a fresh code by which its reader may pause the account (safety rule 12).
    None where it was told already, or there is no such change."""
    line = Activity.objects.filter(account_id=account_id, id=activity_id).first()
    if line is None or not line.sealed_address:
        return None
    language = Account.objects.values_list("language", flat=True).get(id=account_id)
    code = make_pause_code(account_id=account_id, origin="guard", about=activity_id, at=at)
    subject, body = write_notice(what=line.kind, code=code, at=line.at, language=language)
    return Notice(to=decrypt(line.sealed_address), subject=subject, body=body)


def forget_notice(*, account_id: UUID, activity_id: UUID) -> None:
    """It was told: an old address is kept no longer than that."""
    Activity.objects.filter(account_id=account_id, id=activity_id).update(sealed_address="")
