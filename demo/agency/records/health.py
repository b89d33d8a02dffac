# SPDX-License-Identifier: Apache-2.0
"""The health insurer's own fields: membership, family, clinic and visits without diagnosis."""

import random
from datetime import date
from typing import Any

from demo.agency import names
from demo.agency.records.shown import Figure, ShownRecord, Table
from demo.agency.residents import Resident
from demo.agency.words import say, write_date

CLASSES = ("1", "2", "3")
VISITS = ("general", "dental", "mother_child", "pharmacy", "hospital")


def make_facts(*, rng: random.Random, resident: Resident, sector: str) -> dict[str, Any]:
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


def show_record(*, facts: dict[str, Any], language: str) -> ShownRecord:
    """The insurer's page of one person."""
    count = len(facts["dependants"])
    active = facts["status"] == "active"
    paid_until = write_date(date.fromisoformat(facts["paid_until"]), language)
    return ShownRecord(
        figures=(
            Figure(
                label=say("health.membership", language),
                value=say("health.active" if active else "health.lapsed", language),
                note=say(
                    "health.active_note" if active else "health.lapsed_note",
                    language,
                    day=paid_until,
                ),
            ),
            Figure(
                label=say("health.covered", language),
                value=str(count + 1),
                note=say(
                    "health.covered_alone" if count == 0 else "health.covered_note",
                    language,
                    count=count,
                ),
            ),
        ),
        details=(
            (say("health.clinic", language), facts["clinic"]),
            (say("health.care_class", language), facts["care_class"]),
            (say("health.member_since", language), str(facts["member_since"])),
        ),
        tables=(
            Table(
                title=say("health.family", language),
                columns=(say("health.name", language),),
                rows=tuple((name,) for name in facts["dependants"]),
                empty=say("health.no_family", language),
            ),
            Table(
                title=say("health.visits", language),
                columns=(say("health.day", language), say("health.kind", language)),
                rows=tuple(
                    (
                        write_date(date.fromisoformat(visit["on"]), language),
                        say(f"health.visit_{visit['kind']}", language),
                    )
                    for visit in facts["visits"]
                ),
                empty=say("health.no_visits", language),
            ),
        ),
    )
