# SPDX-License-Identifier: Apache-2.0
"""The health insurer's own fields: membership, family, clinic and visits without diagnosis."""

import random
from typing import Any

from demo.agency import names
from demo.agency.residents import Resident

CLASSES = ("1", "2", "3")
VISITS = ("general", "dental", "mother_child", "pharmacy", "hospital")


def make_facts(*, rng: random.Random, resident: Resident) -> dict[str, Any]:
    """What the insurer knows of this resident. No diagnosis: the demo needs none."""
    children = rng.choices((0, 1, 2, 3, 4), weights=(30, 22, 28, 14, 6))[0]
    return {
        "status": "active" if rng.random() < 0.93 else "lapsed",
        "care_class": rng.choice(CLASSES),
        "clinic": f"Klinik {resident.village}",
        "member_since": rng.randint(2009, 2024),
        "dependants": [names.make_name(rng=rng, sex=rng.choice("fm")) for _ in range(children)],
        "paid_until": f"2026-{rng.randint(10, 12)}-30",
        "visits": [
            {"on": f"2026-{month:02d}-{rng.randint(1, 28):02d}", "kind": rng.choice(VISITS)}
            for month in sorted(rng.sample(range(1, 11), rng.randint(0, 4)), reverse=True)
        ],
    }
