# SPDX-License-Identifier: Apache-2.0
from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from satupintu.foundation.audit import actions as audit
from satupintu.trust.agencies.queries import AgencyCard

PURPOSE = "signin"
LEGAL_BASIS = "UU 27/2022, Pasal 20 ayat (2) huruf a"  # the person's explicit consent


def record_release(
    *, account_id: UUID, agency: AgencyCard, attributes: Iterable[str], at: datetime
) -> None:
    """Say in the person's access log what an agency was told when she signed in there.

    In the caller's transaction: what is not logged is not told.
    """
    audit.record_access(
        account_id=account_id,
        actor=audit.Actor(kind="agency", agency=agency.slug),
        what=", ".join(sorted(attributes)),
        purpose_code=PURPOSE,
        words=audit.Words(
            id="menerima kepastian bahwa ini Anda, saat Anda masuk di sana",
            en="was told that it is you, when you signed in there",
        ),
        legal_basis=LEGAL_BASIS,
        at=at,
    )
