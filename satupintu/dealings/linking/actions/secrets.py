# SPDX-License-Identifier: Apache-2.0
"""Put what we keep of records under the newest encryption key."""

from django.db.models import Manager

from satupintu.dealings.linking.models import Link, LinkAttempt, Notice
from satupintu.foundation import crypto

_ENCRYPTED: tuple[tuple[Manager, tuple[str, ...]], ...] = (
    (Link.objects, ("record_ref_encrypted", "match_id_encrypted")),
    (Notice.objects, ("pause_code_encrypted",)),
    (
        LinkAttempt.objects,
        (
            "sent_masked_encrypted",
            "match_id_encrypted",
            "record_ref_encrypted",
            "record_hint_encrypted",
        ),
    ),
)
BATCH = 500


def rotate_secrets() -> int:
    """Re-encrypt record references and proofs in progress; answers how many values.

    Runs beside people who link: a value that changed meanwhile is left as it is, and is under the
    newest key already.
    """
    count = 0
    for rows, names in _ENCRYPTED:
        for row in rows.iterator(chunk_size=BATCH):
            for name in names:
                sealed = getattr(row, name)
                if sealed:
                    count += rows.filter(
                        account_id=row.account_id, id=row.id, **{name: sealed}
                    ).update(**{name: crypto.rotate(sealed)})
    return count
