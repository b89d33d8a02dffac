# SPDX-License-Identifier: Apache-2.0
from datetime import UTC, datetime

from procrastinate.contrib.django import app as jobs

from .models import Attempts


@jobs.periodic(cron="17 * * * *")  # type: ignore[arg-type]
@jobs.task
def sweep_attempts(*, timestamp: int) -> None:
    """Ended windows say nothing any more."""
    Attempts.objects.filter(window_ends_at__lt=datetime.fromtimestamp(timestamp, tz=UTC)).delete()
