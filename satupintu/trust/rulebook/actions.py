# SPDX-License-Identifier: Apache-2.0
"""Fill the rulebook from the file that ships with the product."""

import tomllib
from datetime import UTC, datetime, time
from importlib import resources

from . import queries
from .models import Policy
from .rules import read_value


def seed_rulebook() -> int:
    """Add the policies of `policies.toml` that are not there yet; answers how many.

    Runs after every migration and may run at any time: a row that exists is never touched,
    so a decision of the stewards outlives an upgrade.
    """
    text = resources.files("satupintu.trust.rulebook").joinpath("policies.toml").read_text("utf-8")
    added = 0
    for entry in tomllib.loads(text)["policy"]:
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
