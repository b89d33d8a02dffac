# SPDX-License-Identifier: Apache-2.0
"""What a person meant by an answer: case, spaces, dots and ways to write a date do not matter."""

import contextlib
import re
import unicodedata
from datetime import date

MONTHS = {
    name: number
    for number, names in enumerate(
        (
            "januari january jan",
            "februari february feb pebruari",
            "maret march mar",
            "april apr",
            "mei may",
            "juni june jun",
            "juli july jul",
            "agustus august agu aug ags",
            "september sep sept",
            "oktober october okt oct",
            "november nov nopember",
            "desember december des dec",
        ),
        start=1,
    )
    for name in names.split()
}


def normalize_answer(*, kind: str, typed: str) -> str:
    """The form in which answers are compared; empty when nothing usable was typed.

    An impossible date becomes the empty string rather than an error: to say so here would tell
    which of the answers was wrong.
    """
    if kind == "date":
        return _normalize_date(typed)
    text = unicodedata.normalize("NFKC", typed).casefold()
    if kind == "number":
        if text.isascii():
            return re.sub(r"\D", "", text)
        # Digits of other scripts count as what they are.
        return "".join(str(int(sign)) for sign in text if sign.isdecimal())
    # Accents and punctuation are lost on the way from paper to a phone.
    plain = "".join(
        sign for sign in unicodedata.normalize("NFKD", text) if not unicodedata.combining(sign)
    )
    return " ".join(re.sub(r"[\W_]+", " ", re.sub("['\u2019]", "", plain)).split())


def _normalize_date(typed: str) -> str:
    with contextlib.suppress(ValueError):
        return date.fromisoformat(typed.strip()).isoformat()
    parts = re.findall(r"[^\W_]+", unicodedata.normalize("NFKC", typed).casefold())
    if len(parts) == 1 and re.fullmatch(r"\d{8}", parts[0]):
        parts = [parts[0][:4], parts[0][4:6], parts[0][6:]]
    if len(parts) != 3:
        return ""
    day, month, year = parts[::-1] if len(parts[0]) == 4 else parts
    try:
        number = MONTHS[month] if month in MONTHS else int(month)
        return date(int(year), number, int(day)).isoformat()
    except ValueError:
        return ""
