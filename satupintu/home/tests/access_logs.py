# SPDX-License-Identifier: Apache-2.0
"""Logs, heads and downloads to test with."""

from datetime import timedelta

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.urls import reverse
from django.utils import timezone

from satupintu.foundation.audit import actions as audit
from satupintu.foundation.audit.models import Head
from satupintu.foundation.audit.tests.logs import look, sequence_all


def fill(account, count, **changes):
    start = timezone.now() - timedelta(days=40)
    for number in range(count):
        at = start + timedelta(hours=number // 2)  # two at each moment
        look(**({"account_id": account.id, "number": number, "at": at} | changes))


def seal_heads():
    """A signed head over all, and a witness's receipt for an older one where there is one."""
    sequence_all()
    return Head.objects.get(size=audit.sign_head(at=timezone.now()))


def witness(head):
    key = Ed25519PrivateKey.generate()
    text = f"satupintu witness v1\nSaksi\n2026-11-24T12:00:00.000000Z\n{head.text}"
    Head.objects.filter(size=head.size).update(
        witnessed_at=timezone.now(),
        receipt_text=text,
        receipt_public_key=key.public_key().public_bytes_raw().hex(),
        receipt_signature=key.sign(text.encode()).hex(),
    )


def download(client, name="home:access_log_json"):
    response = client.get(reverse(name))
    assert "no-store" in response["Cache-Control"]
    return b"".join(response.streaming_content).decode()
