# SPDX-License-Identifier: Apache-2.0
"""The education office's own fields: certificates, and a scholarship where there is one."""

import random
from typing import Any

from demo.agency.records.shown import Figure, ShownRecord, Table
from demo.agency.residents import Resident
from demo.agency.words import say, write_money

LEVELS = ("primary", "lower", "upper", "degree")


def make_facts(*, rng: random.Random, resident: Resident, sector: str) -> dict[str, Any]:
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


def show_record(*, facts: dict[str, Any], language: str) -> ShownRecord:
    """The education office's page of one person."""
    certificates = facts["certificates"]
    return ShownRecord(
        figures=(
            Figure(
                label=say("school.highest", language),
                value=say(f"school.level_{certificates[0]['level']}", language),
                note=f"{certificates[0]['school']}, {certificates[0]['year']}",
            ),
            Figure(
                label=say("school.scholarship", language),
                value=write_money(facts["scholarship"], language),
                note=say(
                    "school.scholarship_note" if facts["scholarship"] else "school.no_scholarship",
                    language,
                ),
            ),
        ),
        details=(),
        tables=(
            Table(
                title=say("school.certificates", language),
                columns=(
                    say("school.level", language),
                    say("school.school", language),
                    say("school.year", language),
                    say("school.number", language),
                ),
                rows=tuple(
                    (
                        say(f"school.level_{one['level']}", language),
                        one["school"],
                        str(one["year"]),
                        one["number"],
                    )
                    for one in certificates
                ),
            ),
        ),
    )
