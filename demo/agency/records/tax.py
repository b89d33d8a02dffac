# SPDX-License-Identifier: Apache-2.0
"""The tax office's own fields: returns, bills and refunds of the last years."""

import random
from datetime import date
from typing import Any

from demo.agency.records.shown import Figure, ShownRecord, Table
from demo.agency.residents import Resident
from demo.agency.words import say, write_date, write_money

YEARS = (2025, 2024, 2023)


def make_facts(*, rng: random.Random, resident: Resident, sector: str) -> dict[str, Any]:
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


def show_record(*, facts: dict[str, Any], language: str) -> ShownRecord:
    """The tax office's page of one person."""

    def money(amount: int) -> str:
        return write_money(amount, language)

    if facts["refund"]:
        day = write_date(date.fromisoformat(facts["refund_due_on"]), language)
        balance = Figure(
            label=say("tax.refund", language),
            value=money(facts["refund"]),
            note=say("tax.refund_note", language, day=day),
        )
    elif facts["bill"]:
        day = write_date(date.fromisoformat(facts["bill_due_on"]), language)
        balance = Figure(
            label=say("tax.bill", language),
            value=money(facts["bill"]),
            note=say("tax.bill_note", language, day=day),
        )
    else:
        balance = Figure(
            label=say("tax.balance", language),
            value=money(0),
            note=say("tax.balance_note", language),
        )
    return ShownRecord(
        figures=(
            balance,
            Figure(
                label=say("tax.next_return", language),
                value=write_date(date(2027, 3, 31), language),
                note=say("tax.next_return_note", language),
            ),
        ),
        details=((say("tax.office", language), facts["office"]),),
        tables=(
            Table(
                title=say("tax.years", language),
                columns=(
                    say("tax.year", language),
                    say("tax.due", language),
                    say("tax.withheld", language),
                ),
                rows=tuple(
                    (str(one["year"]), money(one["due"]), money(one["withheld"]))
                    for one in facts["years"]
                ),
                amounts=frozenset({1, 2}),
            ),
        ),
    )
