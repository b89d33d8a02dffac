# SPDX-License-Identifier: Apache-2.0
"""Read the access log and its tree."""

from .accesses import Access, list_accesses
from .check import find_faults
from .openings import (
    Opener,
    SealedCount,
    count_sealed,
    describe_head,
    get_newest_head,
    get_witnessed_head,
    list_handovers,
    list_heads,
    list_keys,
    prove_growth,
)
from .pages import Cursor, Page, Wanted, get_line, get_page, iterate_lines
from .proofs import Prover, get_size

__all__ = [
    "Access",
    "Cursor",
    "Opener",
    "Page",
    "Prover",
    "SealedCount",
    "Wanted",
    "count_sealed",
    "describe_head",
    "find_faults",
    "get_line",
    "get_newest_head",
    "get_page",
    "get_size",
    "get_witnessed_head",
    "iterate_lines",
    "list_accesses",
    "list_handovers",
    "list_heads",
    "list_keys",
    "prove_growth",
]
