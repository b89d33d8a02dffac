# SPDX-License-Identifier: Apache-2.0
"""A head in the witness's hands: from then on nobody can take it back, us included."""

from datetime import datetime, timedelta

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from django.conf import settings
from django.db import transaction
from procrastinate.contrib.django import app as jobs
from procrastinate.exceptions import AlreadyEnqueued

from satupintu.foundation.audit.models import Head
from satupintu.foundation.audit.queries.openings import list_handovers
from satupintu.foundation.audit.queries.proofs import Prover
from satupintu.foundation.audit.rules import Receipt, read_receipt
from satupintu.foundation.audit.witness import Witness, WitnessRefused
from satupintu.foundation.calls import forbid_transaction


@transaction.atomic
def plan_lodging(*, every: timedelta, at: datetime) -> int | None:
    """Write the job that lodges the newest head, where one is due; answers its size. No witness
    is set, or the last receipt is not yet as old as that: None."""
    newest = Head.objects.order_by("-size").first()
    last = Head.objects.filter(witnessed_at__isnull=False).order_by("-size").first()
    if not settings.WITNESS_URL or newest is None or newest.witnessed_at is not None:
        return None
    if last is not None and last.witnessed_at is not None and last.witnessed_at > at - every:
        return None
    try:
        with transaction.atomic():
            jobs.configure_task(
                "satupintu.foundation.audit.tasks.lodge_head",
                queueing_lock=f"audit.lodge.{newest.size}",
            ).defer(size=newest.size)
    except AlreadyEnqueued:
        # The witness was away, and the job still tries.
        return None
    return newest.size


def lodge_head(*, size: int) -> None:
    """Bring one signed head to the witness and keep the receipt. May be repeated.

    Raises httpx.HTTPError when the witness does not answer, WitnessRefused when it won't sign or
    signs as somebody else than before.
    """
    forbid_transaction()
    head = Head.objects.get(size=size)
    known = Head.objects.filter(witnessed_at__isnull=False).order_by("-size").first()
    if head.witnessed_at is not None:
        return
    witness = Witness(settings.WITNESS_URL)
    last = witness.ask_last_seen(origin=settings.PUBLIC_URL)
    if last is not None and last.size > size:
        # A later head is there already: it covers this one.
        return
    proof = Prover().prove_consistency(old=last.size, new=size) if last else []
    receipt = witness.lodge(
        text=head.text,
        public_key=head.public_key,
        signature=head.signature,
        proof=proof,
        handovers=list_handovers(until=head.public_key),
    )
    _keep(head, receipt, expected_key=known.receipt_public_key if known else receipt.public_key)


def _keep(head: Head, receipt: Receipt, *, expected_key: str) -> None:
    if receipt.public_key != expected_key:
        raise WitnessRefused("another_witness")
    try:
        Ed25519PublicKey.from_public_bytes(bytes.fromhex(receipt.public_key)).verify(
            bytes.fromhex(receipt.signature), receipt.text.encode()
        )
        witnessed_at = read_receipt(receipt=receipt, head_text=head.text)
    except (InvalidSignature, ValueError) as error:
        raise WitnessRefused("bad_receipt") from error
    Head.objects.filter(size=head.size).update(
        witnessed_at=witnessed_at,
        receipt_text=receipt.text,
        receipt_public_key=receipt.public_key,
        receipt_signature=receipt.signature,
    )
