# SPDX-License-Identifier: Apache-2.0
"""The Merkle tree of RFC 9162, section 2.1, with SHA-256. Pure.

A log of n leaves is one hash. That a leaf stands in it, or that a longer log only added to a
shorter one, is shown with about log2(n) hashes. Names are the RFC's: MTH, PATH, PROOF.

The functions that make proofs ask a `ReadNode` for the hash of a complete subtree: `height` 0 is a
leaf's hash, and number `index` from the left at height h covers the leaves from index * 2**h. Such
a hash never changes once its leaves are there, so it can be stored (see `Tiles`).
"""

import hashlib
from collections.abc import Callable

ReadNode = Callable[[int, int], bytes]
ReadTile = Callable[[int, int], bytes]

HASH_BYTES = 32
EMPTY_ROOT = hashlib.sha256().digest()
# One tile holds eight levels of the tree: 256 hashes, 8 kB.
TILE_HEIGHT = 8
TILE_WIDTH = 1 << TILE_HEIGHT


def hash_leaf(data: bytes) -> bytes:
    """The 0x00 keeps a leaf from passing for a node (RFC 9162, 2.1.1)."""
    return hashlib.sha256(b"\x00" + data).digest()


def hash_node(left: bytes, right: bytes) -> bytes:
    """The 0x01 keeps a node from passing for a leaf (RFC 9162, 2.1.1)."""
    return hashlib.sha256(b"\x01" + left + right).digest()


def hash_tree(*, size: int, read_node: ReadNode) -> bytes:
    """MTH(D[0:size]): the head of the log's first `size` leaves."""
    return _hash_range(0, size, read_node) if size else EMPTY_ROOT


def prove_inclusion(*, index: int, size: int, read_node: ReadNode) -> list[bytes]:
    """PATH(index, D[0:size]), RFC 9162, 2.1.3.1. Raises ValueError for a leaf that is not there."""
    if not 0 <= index < size:
        raise ValueError(f"no leaf {index} in a tree of {size}")
    path: list[bytes] = []
    start, end = 0, size
    while end - start > 1:
        middle = start + _split(end - start)
        if index < middle:
            path.append(_hash_range(middle, end, read_node))
            end = middle
        else:
            path.append(_hash_range(start, middle, read_node))
            start = middle
    return path[::-1]


def prove_consistency(*, old: int, new: int, read_node: ReadNode) -> list[bytes]:
    """PROOF(old, D[0:new]), RFC 9162, 2.1.4.1. Raises ValueError unless 0 < old <= new."""
    if not 0 < old <= new:
        raise ValueError(f"no tree of {old} in a tree of {new}")
    proof: list[bytes] = []
    start, end, is_whole = 0, new, True
    while old != end:
        middle = start + _split(end - start)
        if old <= middle:
            proof.append(_hash_range(middle, end, read_node))
            end = middle
        else:
            proof.append(_hash_range(start, middle, read_node))
            start, is_whole = middle, False
    if not is_whole:
        proof.append(_hash_range(start, end, read_node))
    return proof[::-1]


def verify_inclusion(*, leaf: bytes, index: int, size: int, path: list[bytes], root: bytes) -> bool:
    """Whether the leaf's hash stands at `index` in the tree with this head (RFC 9162, 2.1.3.2)."""
    if not 0 <= index < size:
        return False
    place, last, found = index, size - 1, leaf
    for sibling in path:
        if last == 0:
            return False
        if place & 1 or place == last:
            found = hash_node(sibling, found)
            while place and not place & 1:
                place, last = place >> 1, last >> 1
        else:
            found = hash_node(found, sibling)
        place, last = place >> 1, last >> 1
    return last == 0 and found == root


def verify_consistency(
    *, old: int, new: int, old_root: bytes, new_root: bytes, proof: list[bytes]
) -> bool:
    """Whether the larger tree begins with the smaller one (RFC 9162, 2.1.4.2)."""
    if old == new:
        return not proof and old_root == new_root
    if not 0 < old < new:
        return False
    # A complete old tree is a node of the new one; the proof leaves it out.
    path = [old_root, *proof] if old & (old - 1) == 0 else proof
    if not path:
        return False
    place, last = old - 1, new - 1
    while place & 1:
        place, last = place >> 1, last >> 1
    found_old = found_new = path[0]
    for sibling in path[1:]:
        if last == 0:
            return False
        if place & 1 or place == last:
            found_old, found_new = hash_node(sibling, found_old), hash_node(sibling, found_new)
            while place and not place & 1:
                place, last = place >> 1, last >> 1
        else:
            found_new = hash_node(found_new, sibling)
        place, last = place >> 1, last >> 1
    return last == 0 and found_old == old_root and found_new == new_root


class Tiles:
    """Complete subtrees, read from tiles. Tile `number` of level l holds, one after the other, up
    to 256 hashes of height 8 * l; the last of a level may be shorter."""

    def __init__(self, read_tile: ReadTile) -> None:
        self._read_tile = read_tile

    def read_node(self, height: int, index: int) -> bytes:
        """The hash of one complete subtree. Raises ValueError when its leaves are not all there."""
        level, rest = divmod(height, TILE_HEIGHT)
        first = index << rest
        number, place = divmod(first, TILE_WIDTH)
        tile = self._read_tile(level, number)
        hashes = [
            tile[HASH_BYTES * one : HASH_BYTES * (one + 1)]
            for one in range(place, place + (1 << rest))
        ]
        if len(hashes[-1]) != HASH_BYTES:
            raise ValueError(f"no complete subtree {index} of height {height}")
        return _fold(hashes)


def hash_tile(tile: bytes) -> bytes:
    """What a full tile is in the level above it."""
    if len(tile) != TILE_WIDTH * HASH_BYTES:
        raise ValueError("only a full tile is a complete subtree")
    return _fold([tile[at : at + HASH_BYTES] for at in range(0, len(tile), HASH_BYTES)])


def _fold(hashes: list[bytes]) -> bytes:
    while len(hashes) > 1:
        hashes = [hash_node(*hashes[at : at + 2]) for at in range(0, len(hashes), 2)]
    return hashes[0]


def _split(count: int) -> int:
    """The largest power of two smaller than `count` (RFC 9162's k)."""
    return 1 << (count - 1).bit_length() - 1


def _hash_range(start: int, end: int, read_node: ReadNode) -> bytes:
    """MTH(D[start:end]). Ranges come from splitting, so a power of two is always a subtree."""
    count = end - start
    if count & (count - 1) == 0:
        height = count.bit_length() - 1
        return read_node(height, start >> height)
    middle = start + _split(count)
    return hash_node(_hash_range(start, middle, read_node), _hash_range(middle, end, read_node))
