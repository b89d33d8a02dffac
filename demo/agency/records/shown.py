# SPDX-License-Identifier: Apache-2.0
"""The shape in which every kind of record is shown: what matters first, then lists and tables."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Figure:
    """One number or state that a person came to see, with what it means."""

    label: str
    value: str
    note: str = ""


@dataclass(frozen=True)
class Table:
    title: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    # Columns that hold amounts stand at the right, by position.
    amounts: frozenset[int] = frozenset()
    # What is said instead of an empty table.
    empty: str = ""


@dataclass(frozen=True)
class ShownRecord:
    figures: tuple[Figure, ...]
    details: tuple[tuple[str, str], ...]
    tables: tuple[Table, ...]
