# SPDX-License-Identifier: Apache-2.0
"""The education office's own fields: certificates, and a scholarship where there is one."""

import random
from typing import Any

from demo.agency.residents import Resident

LEVELS = ("primary", "lower", "upper", "degree")


def make_facts(*, rng: random.Random, resident: Resident) -> dict[str, Any]:
    """What the education office knows of this resident."""
    reached = rng.choices((1, 2, 3, 4), weights=(10, 15, 45, 30))[0]
    left_primary = resident.born_on.year + 12
    return {
        "certificates": [
            {
                "level": level,
                "school": f"{'Universitas' if level == 'degree' else 'Sekolah'} {resident.city}",
                "year": left_primary + place * 3 + (1 if level == "degree" else 0),
                "number": f"{rng.randrange(10**9):09d}",
            }
            for place, level in enumerate(LEVELS[:reached])
        ][::-1],
        "scholarship": rng.randrange(6, 24) * 500_000 if rng.random() < 0.15 else 0,
    }
