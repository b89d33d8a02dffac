# SPDX-License-Identifier: Apache-2.0
"""Proofs from the stored tiles: a handful of rows each, however long the log."""

from satupintu.foundation.audit import merkle
from satupintu.foundation.audit.models import Tile, Tree


class Prover:
    """Proofs about one tree. Keeps the tiles it has read: make one for a page or a download."""

    def __init__(self) -> None:
        self._tiles: dict[tuple[int, int], bytes] = {}
        self._read_node = merkle.Tiles(self._read_tile).read_node

    def compute_root(self, *, size: int) -> bytes:
        """The head of the first `size` leaves."""
        return merkle.hash_tree(size=size, read_node=self._read_node)

    def prove_inclusion(self, *, index: int, size: int) -> list[bytes]:
        """Raises ValueError for a leaf that is not among the first `size`."""
        return merkle.prove_inclusion(index=index, size=size, read_node=self._read_node)

    def prove_consistency(self, *, old: int, new: int) -> list[bytes]:
        """Raises ValueError unless 0 < old <= new."""
        return merkle.prove_consistency(old=old, new=new, read_node=self._read_node)

    def _read_tile(self, level: int, number: int) -> bytes:
        where = (level, number)
        if where not in self._tiles:
            tile = Tile.objects.filter(level=level, number=number).first()
            self._tiles[where] = bytes(tile.hashes) if tile else b""
        return self._tiles[where]


def compute_root(*, size: int) -> bytes:
    """The head of the first `size` leaves, from the tiles."""
    return Prover().compute_root(size=size)


def get_size() -> int:
    """How many leaves the tree has."""
    tree = Tree.objects.first()
    return tree.size if tree else 0
