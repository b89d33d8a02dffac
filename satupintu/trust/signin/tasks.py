# SPDX-License-Identifier: Apache-2.0
from datetime import UTC, datetime

from procrastinate.contrib.django import app as jobs

from . import actions


@jobs.periodic(cron="*/10 * * * *")
@jobs.task(queueing_lock="signin.sweep_expired")
def sweep_expired(timestamp: int) -> None:
    """Codes, tokens and assertions that are long over."""
    actions.sweep_expired(at=datetime.fromtimestamp(timestamp, tz=UTC))
