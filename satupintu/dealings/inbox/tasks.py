# SPDX-License-Identifier: Apache-2.0
from datetime import UTC, datetime

from procrastinate.contrib.django import app as jobs

from satupintu.trust.rulebook import queries as rulebook

from . import actions


@jobs.periodic(cron="41 2 * * *")  # type: ignore[arg-type]
@jobs.task
def sweep_accepted_keys(*, timestamp: int) -> None:
    """Once a night."""
    at = datetime.fromtimestamp(timestamp, tz=UTC)
    actions.sweep_accepted_keys(
        older_than=rulebook.get_duration("inbox.idempotency_lifetime", at=at), at=at
    )
