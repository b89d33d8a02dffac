# SPDX-License-Identifier: Apache-2.0
"""The one audit call. Every read of a person's data by anyone else goes through it."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal
from uuid import UUID

from .models import AccessRecord


@dataclass(frozen=True)
class Actor:
    """Who read. The log names agency and role, never a staff member or branch (safety 19)."""

    kind: Literal["agency", "staff", "helper", "system"]
    agency: str = ""
    role: str = ""


@dataclass(frozen=True)
class Words:
    """What stands after the agency's name in the person's log, in both languages: "saw your
    address, to send your assessment"."""

    id: str
    en: str


def record_access(
    *,
    account_id: UUID,
    actor: Actor,
    what: str,
    purpose_code: str,
    words: Words,
    legal_basis: str,
    at: datetime,
    on_behalf_of: UUID | None = None,
) -> UUID:
    """Append to the access log of `account_id`, in the caller's transaction: a release that
    rolls back was never made, and one that commits is always logged.

    `on_behalf_of` is the account for whom the actor acted, where that is not `account_id`.
    `legal_basis` is the article or consent that allows the read (UU 27/2022, art. 20).
    """
    record = AccessRecord.objects.create(
        account_id=account_id,
        at=at,
        actor_kind=actor.kind,
        actor_agency=actor.agency,
        actor_role=actor.role,
        on_behalf_of=on_behalf_of,
        what=what,
        purpose_code=purpose_code,
        words_id=words.id,
        words_en=words.en,
        legal_basis=legal_basis,
    )
    return record.id
