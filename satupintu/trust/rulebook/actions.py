# SPDX-License-Identifier: Apache-2.0
"""Fill the rulebook from the files that ship with the product: one for each part."""

import tomllib
from collections.abc import Iterator
from datetime import UTC, datetime, time
from importlib import resources
from typing import Any

from . import queries
from .models import Policy
from .rules import read_value


def seed_rulebook() -> int:
    """Add the policies of `policies/*.toml` that are not there yet; answers how many.

    Runs after every migration and may run at any time: a row that exists is never touched,
    so a decision of the stewards outlives an upgrade.
    """
    added = 0
    for entry in read_shipped_policies():
        read_value(entry["kind"], entry["value"])
        _, created = Policy.objects.get_or_create(
            name=entry["name"],
            agency=entry.get("agency", ""),
            valid_from=datetime.combine(entry["valid_from"], time.min, tzinfo=UTC),
            defaults={
                "kind": entry["kind"],
                "value": entry["value"],
                "source": entry["source"],
            },
        )
        added += created
    queries.forget_policies()
    return added


def decide_policy(
    *, name: str, kind: str, value: str, source: str, agency: str = "", valid_from: datetime
) -> None:
    """Add a decision of the stewards: a row that holds from `valid_from` on, for everybody or for
    one agency. The same decision again changes nothing. Raises ValueError for a value that its
    kind does not know."""
    read_value(kind, value)
    Policy.objects.get_or_create(
        name=name,
        agency=agency,
        valid_from=valid_from,
        defaults={"kind": kind, "value": value, "source": source},
    )
    queries.forget_policies()


def read_shipped_policies() -> Iterator[dict[str, Any]]:
    """Each entry of each file, as written. `ValueError` for one that stands in another part's
    file: it would be looked for in vain."""
    for file in resources.files("satupintu.trust.rulebook").joinpath("policies").iterdir():
        part = file.name.removesuffix(".toml")
        for entry in tomllib.loads(file.read_text("utf-8"))["policy"]:
            if entry["name"].partition(".")[0] != part:
                raise ValueError(f"{entry['name']} belongs into another file than {file.name}")
            yield entry
