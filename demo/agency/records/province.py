# SPDX-License-Identifier: Apache-2.0
"""A province's own fields: household, vehicles and children's immunisation."""

import random
from datetime import date
from typing import Any

from demo.agency.records.shown import Figure, ShownRecord, Table
from demo.agency.residents import Resident
from demo.agency.words import say, write_date, write_money

VEHICLES = ("Sepeda motor 125 cc", "Sepeda motor 110 cc", "Mobil keluarga", "Mobil bak terbuka")
VACCINES = ("BCG", "Polio 4", "DPT-HB-Hib 3", "MR 2", "HPV 1")


def make_facts(*, rng: random.Random, resident: Resident, sector: str) -> dict[str, Any]:
    """What the province knows of this resident's household."""
    prefix = "BH" if sector == "region-bukit-hijau" else "PP"
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


def show_record(*, facts: dict[str, Any], language: str) -> ShownRecord:
    """The province's page of one person."""
    vehicles = facts["vehicles"]
    total = sum(vehicle["tax"] for vehicle in vehicles)
    if vehicles:
        next_day = min(vehicle["tax_due_on"] for vehicle in vehicles)
        note = say(
            "province.vehicle_tax_note",
            language,
            day=write_date(date.fromisoformat(next_day), language),
        )
    else:
        note = say("province.no_vehicles", language)
    return ShownRecord(
        figures=(
            Figure(
                label=say("province.vehicle_tax", language),
                value=write_money(total, language),
                note=note,
            ),
            Figure(
                label=say("province.household", language),
                value=str(facts["household"]),
                note=say("province.household_note", language),
            ),
        ),
        details=(),
        tables=(
            Table(
                title=say("province.vehicles", language),
                columns=(
                    say("province.plate", language),
                    say("province.kind", language),
                    say("province.due_on", language),
                    say("province.tax", language),
                ),
                rows=tuple(
                    (
                        vehicle["plate"],
                        vehicle["kind"],
                        write_date(date.fromisoformat(vehicle["tax_due_on"]), language),
                        write_money(vehicle["tax"], language),
                    )
                    for vehicle in vehicles
                ),
                amounts=frozenset({3}),
                empty=say("province.no_vehicles", language),
            ),
            Table(
                title=say("province.immunisations", language),
                columns=(say("province.vaccine", language), say("province.given_on", language)),
                rows=tuple(
                    (one["vaccine"], write_date(date.fromisoformat(one["on"]), language))
                    for one in facts["immunisations"]
                ),
                empty=say("province.no_immunisations", language),
            ),
        ),
    )
