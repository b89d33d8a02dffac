# SPDX-License-Identifier: Apache-2.0
"""From rows to leaves: what was appended by many at once gets its place in the tree."""

import secrets
from uuid import UUID

from django.db import connection, transaction

from satupintu.foundation.audit.merkle import HASH_BYTES, TILE_WIDTH, hash_leaf, hash_tile
from satupintu.foundation.audit.models import AccessRecord, Tile, Tree
from satupintu.foundation.audit.queries.accesses import get_facts
from satupintu.foundation.audit.rules import SALT_BYTES, commit

BATCH = 5000

# Whatever has no place yet, not "whatever is newer than": rows commit in another order than that
# of their ids, and none may be passed over.
_WAITING = """
    SELECT account_id, id, commitment FROM audit_access_record
    WHERE leaf_index IS NULL ORDER BY id LIMIT %s
"""
_PLACE = """
    UPDATE audit_access_record AS record SET leaf_index = %s + place.number - 1
    FROM unnest(%s::uuid[], %s::uuid[]) WITH ORDINALITY AS place (account_id, id, number)
    WHERE record.account_id = place.account_id AND record.id = place.id
"""
_KEEP_TILE = """
    INSERT INTO audit_tile (level, number, hashes) VALUES (%s, %s, %s)
    ON CONFLICT (level, number) DO UPDATE SET hashes = excluded.hashes
"""


def sequence_accesses(*, at_most: int = BATCH) -> int:
    """Give a batch of waiting rows their leaves, and say how many. 0 also where another worker is
    at it: appending never waits for this, and two never add leaves at once."""
    with transaction.atomic():
        size = lock_tree(wait=False)
        return 0 if size is None else add_waiting(size=size, at_most=at_most)


def lock_tree(*, wait: bool) -> int | None:
    """The tree's size, held until the transaction ends; None where somebody else holds it and
    we are not to wait."""
    if not Tree.objects.exists():
        Tree.objects.bulk_create([Tree()], ignore_conflicts=True)
    tree = Tree.objects.select_for_update(skip_locked=not wait).first()
    return tree.size if tree else None


def add_waiting(*, size: int, at_most: int) -> int:
    """For whoever holds the tree."""
    with connection.cursor() as cursor:
        cursor.execute(_WAITING, [at_most])
        waiting = cursor.fetchall()
        if not waiting:
            return 0
        commitments = [
            bytes(commitment) if commitment is not None else _commit_late(account_id, record_id)
            for account_id, record_id, commitment in waiting
        ]
        _append([hash_leaf(commitment) for commitment in commitments], level=0, count=size)
        cursor.execute(_PLACE, [size, [row[0] for row in waiting], [row[1] for row in waiting]])
    Tree.objects.update(size=size + len(waiting))
    return len(waiting)


def _commit_late(account_id: UUID, record_id: UUID) -> bytes:
    """A row of the release before: nobody committed to it when it was written."""
    record = AccessRecord.objects.get(account_id=account_id, id=record_id)
    salt = secrets.token_bytes(SALT_BYTES)
    commitment = commit(facts=get_facts(record), salt=salt)
    AccessRecord.objects.filter(account_id=account_id, id=record_id).update(
        salt=salt, commitment=commitment
    )
    return commitment


def _append(hashes: list[bytes], *, level: int, count: int) -> None:
    """Put hashes after the first `count` of this level; what is full goes on to the level above."""
    number, filled = divmod(count, TILE_WIDTH)
    tile = Tile.objects.filter(level=level, number=number).first() if filled else None
    begun = bytes(tile.hashes)[: filled * HASH_BYTES] if tile else b""
    if len(begun) != filled * HASH_BYTES:
        raise ValueError(f"tile {number} of level {level} is not what the tree's size says")
    whole = begun + b"".join(hashes)
    full: list[bytes] = []
    rows: list[tuple[int, int, bytes]] = []
    for start in range(0, len(whole), TILE_WIDTH * HASH_BYTES):
        piece = whole[start : start + TILE_WIDTH * HASH_BYTES]
        rows.append((level, number + len(rows), piece))
        if len(piece) == TILE_WIDTH * HASH_BYTES:
            full.append(hash_tile(piece))
    with connection.cursor() as cursor:
        cursor.executemany(_KEEP_TILE, rows)
    if full:
        _append(full, level=level + 1, count=number)
