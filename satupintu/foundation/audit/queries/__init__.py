# SPDX-License-Identifier: Apache-2.0
"""Read the access log and its tree."""

from .accesses import Access, list_accesses
from .check import find_faults
from .proofs import Prover, get_size

__all__ = ["Access", "Prover", "find_faults", "get_size", "list_accesses"]
