# SPDX-License-Identifier: Apache-2.0
"""The one audit call. Every read of a person's data by anyone else goes through it."""

import secrets
from dataclasses import dataclass
from datetime import datetime
from typing import Literal
from uuid import UUID

from django.db import connection

from satupintu.foundation.audit.rules import SALT_BYTES, Facts, commit
from satupintu.foundation.ids import new_id

from . import seals


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
    seal_id: UUID | None = None,
) -> UUID:
    """Append to the access log of `account_id`, in the caller's transaction: a release that
    rolls back was never made, and one that commits is always logged.

    `on_behalf_of` is the account for whom the actor acted, where that is not `account_id`.
    `legal_basis` is the article or consent that allows the read (UU 27/2022, art. 20).
    With `seal_id` the person sees it only when that seal has ended; raises SealNotInForce.

    Waits for nobody: the row carries its own salt and commitment, and the tree takes it up
    afterwards (`sequence_accesses`).
    """
    facts = Facts(
        account_id=account_id,
        id=new_id(),
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
        sealed_until=seals.get_end(seal_id=seal_id, agency=actor.agency, at=at)
        if seal_id
        else None,
    )
    salt = secrets.token_bytes(SALT_BYTES)
    # Written out because every sign-in at an agency pays for it.
    with connection.cursor() as cursor:
        cursor.execute(
            """
            INSERT INTO audit_access_record (account_id, id, at, actor_kind, actor_agency,
                actor_role, on_behalf_of, what, purpose_code, words_id, words_en, legal_basis,
                sealed_until, salt, commitment)
            VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s)
            """,
            [
                account_id,
                facts.id,
                at,
                actor.kind,
                actor.agency,
                actor.role,
                on_behalf_of,
                what,
                purpose_code,
                words.id,
                words.en,
                legal_basis,
                facts.sealed_until,
                salt,
                commit(facts=facts, salt=salt),
            ],
        )
    return facts.id
