# SPDX-License-Identifier: Apache-2.0
"""Signed heads: what the log was at one moment, in a form that can be held against us."""

from datetime import datetime, timedelta

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.conf import settings
from django.db import transaction

from satupintu.foundation import crypto
from satupintu.foundation.audit.models import Handover, Head, LogKey
from satupintu.foundation.audit.queries import proofs
from satupintu.foundation.audit.rules import write_handover, write_head

from .sequence import lock_tree


@transaction.atomic
def sign_head(*, at: datetime) -> int | None:
    """Sign the tree as it is, and answer its size; None where there is nothing new to sign."""
    size = lock_tree(wait=True) or 0
    newest = Head.objects.order_by("-size").first()
    if size == 0 or (newest is not None and newest.size == size):
        return None
    root = proofs.compute_root(size=size)
    text = write_head(origin=settings.PUBLIC_URL, size=size, root=root, at=at)
    key = _get_key(at=at)
    Head.objects.create(
        size=size,
        root=root.hex(),
        signed_at=at,
        text=text,
        public_key=key.public_key,
        signature=_sign(key, text),
    )
    return size


@transaction.atomic
def rotate_key(*, at: datetime) -> str:
    """Retire the key that signs heads and begin with a new one; answers the new public key.

    The old key's last act is a handover: a head of the log as it is, that names the new key. With
    it everybody who knew the old key believes the new one, the witness included. Nothing else
    changes; old heads stay signed as they are.
    """
    size = lock_tree(wait=True) or 0
    old = LogKey.objects.filter(retired_at=None).first()
    if old is None:
        # Nothing was ever signed: there is nobody to name the first key.
        return _get_key(at=at).public_key
    # First retired, then made: the table holds one key in use.
    LogKey.objects.filter(public_key=old.public_key).update(retired_at=at)
    new = _get_key(at=at)
    text = write_handover(
        origin=settings.PUBLIC_URL,
        size=size,
        root=proofs.compute_root(size=size),
        at=at,
        next_key=new.public_key,
    )
    Handover.objects.create(
        public_key=old.public_key,
        next_key=new.public_key,
        signed_at=at,
        text=text,
        signature=_sign(old, text),
    )
    return new.public_key


def is_head_due(*, every: timedelta, at: datetime) -> bool:
    """Whether the newest head is as old as that, or there is none."""
    newest = Head.objects.order_by("-size").first()
    return newest is None or newest.signed_at <= at - every


def rotate_secrets() -> int:
    """Put the private keys under the newest encryption key; answers how many."""
    rows = LogKey.objects.all()
    for row in rows:
        LogKey.objects.filter(public_key=row.public_key).update(
            private_key_encrypted=crypto.rotate(row.private_key_encrypted)
        )
    return len(rows)


def _sign(key: LogKey, text: str) -> str:
    private = Ed25519PrivateKey.from_private_bytes(
        bytes.fromhex(crypto.decrypt(key.private_key_encrypted))
    )
    return private.sign(text.encode()).hex()


def _get_key(*, at: datetime) -> LogKey:
    """The key in use, made at first need. Whoever signs holds the tree, so one key is made."""
    key = LogKey.objects.filter(retired_at=None).first()
    if key is None:
        private = Ed25519PrivateKey.generate()
        key = LogKey.objects.create(
            public_key=private.public_key().public_bytes_raw().hex(),
            private_key_encrypted=crypto.encrypt(private.private_bytes_raw().hex()),
            created_at=at,
        )
    return key
