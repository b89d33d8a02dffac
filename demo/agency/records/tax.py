# SPDX-License-Identifier: Apache-2.0
"""The tax office's own fields: returns, bills and refunds of the last years."""

import random
from typing import Any

from demo.agency.residents import Resident

YEARS = (2025, 2024, 2023)


def make_facts(*, rng: random.Random, resident: Resident) -> dict[str, Any]:
    """What the tax office knows of this resident."""
    income = rng.randrange(38, 240) * 1_000_000
    years = []
    for year in YEARS:
        due = round(income * rng.uniform(0.03, 0.11), -4)
        withheld = max(0, due + round(rng.uniform(-0.2, 0.25) * due, -4))
        years.append({"year": year, "due": int(due), "withheld": int(withheld)})
        income = int(income * rng.uniform(0.88, 1.0))
    balance = years[0]["withheld"] - years[0]["due"]
    return {
        "years": years,
        "office": f"Kantor Pelayanan {resident.city}",
        "refund": max(0, balance),
        "refund_due_on": f"2026-12-{rng.randint(1, 28):02d}" if balance > 0 else "",
        "bill": max(0, -balance),
        "bill_due_on": f"2027-01-{rng.randint(4, 28):02d}" if balance < 0 else "",
    }
