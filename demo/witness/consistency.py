# SPDX-License-Identifier: Apache-2.0
"""Whether a log only grew: RFC 9162, 2.1.4.2, written here anew. A witness that borrowed the
portal's own arithmetic would repeat its mistakes."""

import hashlib

HASH_BYTES = 32


def only_grew(
    *, old_size: int, old_root: bytes, new_size: int, new_root: bytes, proof: list[bytes]
) -> bool:
    """True when the tree of `new_size` begins with the tree of `old_size`."""
    if any(len(one) != HASH_BYTES for one in (old_root, new_root, *proof)):
        return False
    if old_size == new_size:
        return old_root == new_root and not proof
    if not 0 < old_size < new_size:
        return False
    is_complete = old_size & (old_size - 1) == 0
    hashes = [old_root, *proof] if is_complete else proof
    return bool(hashes) and _climb(hashes, old_size, new_size) == (old_root, new_root)


def _climb(hashes: list[bytes], old_size: int, new_size: int) -> tuple[bytes, bytes] | None:
    """Both heads as the proof has them; None for a proof of the wrong length."""
    node, last = old_size - 1, new_size - 1
    while node % 2:
        node, last = node // 2, last // 2
    old = new = hashes[0]
    for one in hashes[1:]:
        if last == 0:
            return None
        if node % 2 or node == last:
            old, new = _join(one, old), _join(one, new)
            while node and node % 2 == 0:
                node, last = node // 2, last // 2
        else:
            new = _join(new, one)
        node, last = node // 2, last // 2
    return (old, new) if last == 0 else None


def _join(left: bytes, right: bytes) -> bytes:
    return hashlib.sha256(b"\x01" + left + right).digest()
