# SPDX-License-Identifier: Apache-2.0
"""A full name is whatever a person is called: one word or ten, in any script."""

import unicodedata
from typing import Literal

LONGEST = 200
# Joiners that some scripts need inside a word.
_JOINERS = frozenset({"\u200c", "\u200d"})
_MARKS = frozenset("'’ʼ`´.,-‐–·/()")  # noqa: RUF001 - apostrophes as people type them

Fault = Literal["too_long", "not_a_name"]


def normalize_name(typed: str) -> str:
    """One spelling, single spaces."""
    return " ".join(unicodedata.normalize("NFC", typed).split())


def find_fault(name: str) -> Fault | None:
    """Why this normalised name cannot be kept; None where it can.

    Letters of every script pass. Pictures and marks that turn the direction of text do not:
    they would change how a letter to her, or a line beside hers, is read.
    """
    if len(name) > LONGEST:
        return "too_long"
    kept = all(
        character in _JOINERS
        or character in _MARKS
        or unicodedata.category(character)[0] in {"L", "M"}
        or unicodedata.category(character) in {"Zs", "Nd"}
        for character in name
    )
    has_letter = any(unicodedata.category(character)[0] == "L" for character in name)
    return None if kept and has_letter else "not_a_name"
