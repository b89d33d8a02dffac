# SPDX-License-Identifier: Apache-2.0
"""The operator's own check: every row against its leaf, every tile against the tiles below."""

from collections.abc import Iterator

from satupintu.foundation.audit import merkle
from satupintu.foundation.audit.models import AccessRecord, Erasure, Head, Tile
from satupintu.foundation.audit.rules import commit

from .accesses import get_facts
from .proofs import compute_root, get_size


def find_faults() -> Iterator[str]:
    """What is not as it was written, a sentence each; nothing where the log is whole. Reads all of
    it. Names leaves, no people."""
    size = get_size()
    yield from _check_tiles(size)
    yield from _check_rows(size)
    for head in Head.objects.order_by("size"):
        if head.size > size or compute_root(size=head.size).hex() != head.root:
            yield f"The signed head of {head.size} leaves is not the tree's."


def _check_tiles(size: int) -> Iterator[str]:
    level, count = 0, size
    while count:
        above = [
            bytes(tile.hashes) for tile in Tile.objects.filter(level=level + 1).order_by("number")
        ]
        parents = b"".join(above)
        held = 0
        for tile in Tile.objects.filter(level=level).order_by("number").iterator(chunk_size=200):
            hashes = bytes(tile.hashes)
            held += len(hashes) // merkle.HASH_BYTES
            if len(hashes) == merkle.TILE_WIDTH * merkle.HASH_BYTES:
                at = tile.number * merkle.HASH_BYTES
                if parents[at : at + merkle.HASH_BYTES] != merkle.hash_tile(hashes):
                    yield f"Tile {tile.number} of level {level} is not what the level above says."
        if held != count:
            yield f"Level {level} holds {held} hashes in place of {count}."
        level, count = level + 1, count // merkle.TILE_WIDTH


def _check_rows(size: int) -> Iterator[str]:
    read_node = _LeafReader().read
    expected = 0
    erased = Erasure.objects.order_by("leaf_index").values_list("leaf_index", flat=True)
    gone = set(erased.iterator(chunk_size=10_000))
    rows = AccessRecord.objects.filter(leaf_index__isnull=False).order_by("leaf_index")
    for row in rows.iterator(chunk_size=2_000):
        index = row.leaf_index or 0
        while expected < index:
            if expected not in gone:
                yield f"The row of leaf {expected} is missing."
            expected += 1
        if index < expected or index >= size:
            yield f"Leaf {index} has a row too many."
            continue
        expected = index + 1
        commitment = commit(facts=get_facts(row), salt=bytes(row.salt or b"").ljust(32, b"\0"))
        if merkle.hash_leaf(commitment) != read_node(index):
            yield f"The row of leaf {index} was changed."
    for index in range(expected, size):
        if index not in gone:
            yield f"The row of leaf {index} is missing."


class _LeafReader:
    """Leaves in order, a tile at a time."""

    def __init__(self) -> None:
        self._number = -1
        self._hashes = b""

    def read(self, index: int) -> bytes:
        number, place = divmod(index, merkle.TILE_WIDTH)
        if number != self._number:
            tile = Tile.objects.filter(level=0, number=number).first()
            self._number, self._hashes = number, bytes(tile.hashes) if tile else b""
        return self._hashes[place * merkle.HASH_BYTES : (place + 1) * merkle.HASH_BYTES]
