# SPDX-License-Identifier: Apache-2.0
"""What a password must be: long enough and not on everybody's lips. No composition puzzles.

Safety rule 3; NIST SP 800-63B-4, 3.1.1.2: verifiers accept at least 64 characters, normalise
Unicode, compare with common and expected values, and impose nothing else.
"""

import itertools
import string
import unicodedata
from collections.abc import Collection, Iterable
from typing import Literal

LONGEST = 1024
_DECORATION = string.digits + string.punctuation + " "

Fault = Literal["too_short", "too_long", "too_common", "personal"]


def normalize_password(typed: str) -> str:
    """The same letters from any keyboard are the same password (NIST: NFKC)."""
    return unicodedata.normalize("NFKC", typed)


def find_fault(
    password: str, *, minimum: int, common: Collection[str], personal: Iterable[str]
) -> Fault | None:
    """Why this normalised password cannot be used; None where it can.

    `personal` is what others know of the person: her name, her address.
    """
    if len(password) < minimum:
        return "too_short"
    if len(password) > LONGEST:
        return "too_long"
    plain = password.casefold()
    if plain in common or plain.strip(_DECORATION) in common or _is_pattern(plain):
        return "too_common"
    for word in personal:
        known = word.casefold().strip()
        if known and plain.strip(_DECORATION) in {known, known.replace(" ", "")}:
            return "personal"
    return None


def _is_pattern(plain: str) -> bool:
    """`aaaaaaaa`, `abcabcabc`, `12345678`, `hgfedcba`: long, and yet among the first guesses."""
    for size in range(1, 5):
        if plain == (plain[:size] * len(plain))[: len(plain)]:
            return True
    # 9 is followed by 0 on a keyboard.
    steps = {(ord(b) - ord(a)) % (10 if (a + b).isdigit() else 1_114_112) for a, b in _pairs(plain)}
    return len(steps) == 1


def _pairs(text: str) -> list[tuple[str, str]]:
    return list(itertools.pairwise(text))
