# SPDX-License-Identifier: Apache-2.0
"""A log to test with."""

from datetime import UTC, datetime

from satupintu.foundation.audit import actions
from satupintu.foundation.ids import new_id

NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)
SARI, BUDI = new_id(), new_id()


def look(*, account_id=SARI, at=NOON, number=0, **changes):
    """One read of somebody's data."""
    known = {
        "account_id": account_id,
        "actor": actions.Actor(kind="agency", agency="tax", role="assessor"),
        "what": "address",
        "purpose_code": "assessment",
        "words": actions.Words(
            id=f"melihat alamat Anda, untuk mengirim surat ketetapan {number}",
            en=f"saw your address, to send assessment {number}",
        ),
        "legal_basis": "UU 27/2022, Pasal 20 ayat (2) huruf c",
        "at": at,
    }
    return actions.record_access(**(known | changes))


def sequence_all():
    while actions.sequence_accesses():
        pass
