# SPDX-License-Identifier: Apache-2.0
from datetime import UTC, datetime

from procrastinate.contrib.django import app as jobs

from . import actions


@jobs.periodic(cron="41 * * * *")  # type: ignore[arg-type]
@jobs.task
def sweep_staff_sessions(*, timestamp: int) -> None:
    """What expired opens nothing any more; here it is forgotten too."""
    actions.sweep_sessions(at=datetime.fromtimestamp(timestamp, tz=UTC))
