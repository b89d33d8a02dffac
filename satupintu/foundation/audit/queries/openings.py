# SPDX-License-Identifier: Apache-2.0
"""What a person gets in hand, so that she can check her log without us."""

from dataclasses import dataclass
from datetime import datetime
from itertools import takewhile
from typing import Any

from django.db import connection

from satupintu.foundation.audit.models import AccessRecord, Handover, Head, LogKey

from .accesses import get_facts
from .proofs import Prover


@dataclass(frozen=True)
class SealedCount:
    """How many reads of one month (UTC) were sealed, and how many of them still are."""

    month: datetime
    total: int
    still: int


def get_newest_head() -> Head | None:
    """The newest signed head."""
    return Head.objects.order_by("-size").first()


def get_witnessed_head(*, at_most: int | None = None) -> Head | None:
    """The newest head that the witness has signed."""
    heads = Head.objects.filter(witnessed_at__isnull=False).order_by("-size")
    return heads.filter(size__lte=at_most).first() if at_most else heads.first()


def list_heads(*, limit: int) -> list[Head]:
    """Newest first."""
    return list(Head.objects.order_by("-size")[:limit])


def list_handovers(*, until: str | None = None) -> list[dict[str, str]]:
    """From the log's first key to the key `until` (the one in use), oldest first: each signed by
    the key that it retires."""
    steps = takewhile(lambda one: one.public_key != until, Handover.objects.order_by("signed_at"))
    return [
        {"text": one.text, "public_key": one.public_key, "signature": one.signature}
        for one in steps
    ]


def list_keys() -> list[LogKey]:
    """Every key that signed or signs heads, newest first."""
    return list(LogKey.objects.order_by("-created_at"))


def describe_head(head: Head) -> dict[str, Any]:
    """A signed head as it stands in a download, with its receipt if it has one."""
    receipt = {
        "text": head.receipt_text,
        "public_key": head.receipt_public_key,
        "signature": head.receipt_signature,
    }
    return {
        "text": head.text,
        "public_key": head.public_key,
        "signature": head.signature,
        "receipt": receipt if head.witnessed_at else None,
    }


class Opener:
    """Opens lines against one head: the newest when the download begins."""

    def __init__(self) -> None:
        self._prover = Prover()
        self.head = get_newest_head()

    def describe(self) -> dict[str, Any]:
        """Everything but the lines."""
        head = self.head
        witnessed = get_witnessed_head(at_most=head.size) if head else None
        return {
            "format": "satupintu-access-log-1",
            "handovers": list_handovers(until=head.public_key) if head else [],
            "head": describe_head(head) if head else None,
            "witnessed": {
                "receipt": describe_head(witnessed)["receipt"],
                "consistency": self._write(
                    self._prover.prove_consistency(old=witnessed.size, new=head.size)
                ),
            }
            if head and witnessed
            else None,
        }

    def open(self, record: AccessRecord) -> dict[str, Any]:
        """One line: what it says, its salt, and its way to the head. A line younger than the head
        has no way to it yet."""
        index = record.leaf_index
        is_under_head = self.head is not None and index is not None and index < self.head.size
        return {
            "record": get_facts(record).to_strings(),
            "salt": bytes(record.salt or b"").hex(),
            "leaf_index": index if is_under_head else None,
            "proof": self._write(
                self._prover.prove_inclusion(index=index, size=self.head.size)  # type: ignore[arg-type, union-attr]
            )
            if is_under_head
            else [],
        }

    @staticmethod
    def _write(hashes: list[bytes]) -> list[str]:
        return [one.hex() for one in hashes]


def prove_growth(*, old: int, new: int) -> list[str] | None:
    """That one signed head begins with another; None where either was never signed."""
    if not 0 < old <= new or Head.objects.filter(size__in={old, new}).count() != len({old, new}):
        return None
    return [one.hex() for one in Prover().prove_consistency(old=old, new=new)]


def count_sealed(*, at: datetime) -> list[SealedCount]:
    """By month, newest first (safety rule 19: counted in public). Nobody is named, no agency."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT date_trunc('month', at, 'UTC') AS month, count(*),
                count(*) FILTER (WHERE sealed_until > %s)
            FROM audit_access_record WHERE sealed_until IS NOT NULL
            GROUP BY month ORDER BY month DESC LIMIT 24
            """,
            [at],
        )
        return [SealedCount(*row) for row in cursor]
