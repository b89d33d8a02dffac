# SPDX-License-Identifier: Apache-2.0
"""A province's own fields: household, vehicles and children's immunisation."""

import random
from typing import Any

from demo.agency.residents import Resident

VEHICLES = ("Sepeda motor 125 cc", "Sepeda motor 110 cc", "Mobil keluarga", "Mobil bak terbuka")
VACCINES = ("BCG", "Polio 4", "DPT-HB-Hib 3", "MR 2", "HPV 1")


def make_facts(*, rng: random.Random, resident: Resident) -> dict[str, Any]:
    """What the province knows of this resident's household."""
    prefix = "PP" if resident.postcode.startswith("62") else "BH"
    letters = "ABCDEFGHJKLMNPRSTUVWXYZ"
    return {
        "household": rng.randint(1, 6),
        "vehicles": [
            {
                "plate": f"{prefix} {rng.randint(1000, 9999)} {rng.choice(letters)}{rng.choice(letters)}",
                "kind": rng.choice(VEHICLES),
                "tax": rng.randrange(18, 310) * 10_000,
                "tax_due_on": f"2027-{rng.randint(1, 12):02d}-{rng.randint(1, 28):02d}",
            }
            for _ in range(rng.choices((0, 1, 2), weights=(30, 50, 20))[0])
        ],
        "immunisations": [
            {"vaccine": vaccine, "on": f"2026-{rng.randint(1, 10):02d}-{rng.randint(1, 28):02d}"}
            for vaccine in rng.sample(VACCINES, rng.choices((0, 1, 2), weights=(50, 25, 25))[0])
        ],
    }
