# SPDX-License-Identifier: Apache-2.0
"""Who is asked about a line of an access log, and where a question stands. Pure."""

import unicodedata
from datetime import datetime
from typing import Literal

LONGEST_QUESTION = 500
LONGEST_ANSWER = 4000

State = Literal["waiting", "overdue", "answered"]

# Characters that hide or reorder what stands beside them (Unicode bidirectional controls): what a
# person reads must be what was written.
_HIDING = frozenset("\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")


def can_ask(actor_kind: str) -> bool:
    """A helper is a person: she is asked by her own phone, not by a form with a clock."""
    return actor_kind in {"agency", "staff", "system"}


def is_for_staff(actor_kind: str) -> bool:
    """An agency's programs answer for what the agency itself got. What staff did in this portal, and
    what the portal did by itself, is answered by staff here."""
    return actor_kind in {"staff", "system"}


def judge_state(*, due_at: datetime, answered_at: datetime | None, at: datetime) -> State:
    """Late is late from the due moment on, and no longer once there is an answer."""
    if answered_at is not None:
        return "answered"
    return "overdue" if at >= due_at else "waiting"


def clean_text(text: str, *, longest: int) -> str:
    """Plain text as it is kept: newlines alike, no space around it. Raises ValueError for what is
    too long, or holds characters that steer others. An empty text stays empty."""
    kept = text.replace("\r\n", "\n").replace("\r", "\n").strip()
    if len(kept) > longest:
        raise ValueError("too long")
    for character in kept:
        category = unicodedata.category(character)
        if character in _HIDING or (category in {"Cc", "Cs"} and character not in "\n\t"):
            raise ValueError("holds control characters")
    if kept and all(unicodedata.category(one) == "Cf" or one.isspace() for one in kept):
        return ""
    return kept
