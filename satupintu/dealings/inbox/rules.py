# SPDX-License-Identifier: Apache-2.0
"""What makes two messages the same, and what a search means. Pure."""

import hashlib
import json
import re
from dataclasses import dataclass
from uuid import UUID

_SAYS_SOMETHING = re.compile(r"[^\W_]")
_MOST_WORDS = 10


@dataclass(frozen=True)
class Letter:
    """What an agency says to one person, apart from its document."""

    title: str
    body: str
    language: str
    in_reply_to: UUID | None = None


def fingerprint_letter(
    *, letter: Letter, subject: str, document_sha256: str, document_name: str
) -> str:
    """SHA-256 over the content. The bytes on the wire differ from try to try (the boundary of a
    form, the order of names), so they can't be compared."""
    parts = [
        subject,
        letter.title,
        letter.body,
        letter.language,
        str(letter.in_reply_to or ""),
        document_sha256,
        document_name,
    ]
    return hashlib.sha256(json.dumps(parts).encode()).hexdigest()


def read_words(typed: str) -> list[str]:
    """The words of a search, at most ten; what has neither letter nor digit is none."""
    words = typed.replace("\x00", "").lower().split()
    return [word for word in words if _SAYS_SOMETHING.search(word)][:_MOST_WORDS]
