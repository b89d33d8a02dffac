# SPDX-License-Identifier: Apache-2.0
from datetime import UTC, datetime
from uuid import UUID

from django.utils import timezone
from procrastinate import RetryStrategy
from procrastinate.contrib.django import app as jobs

from . import actions


@jobs.task(retry=RetryStrategy(max_attempts=10, exponential_wait=3))
def tell_agency(*, account_id: str, frozen_link_id: str) -> None:
    """Tell an agency how a link stands. The sweep carries on where the retries stop."""
    actions.tell_agency(
        account_id=UUID(account_id), frozen_link_id=UUID(frozen_link_id), at=timezone.now()
    )


@jobs.periodic(cron="*/10 * * * *")
@jobs.task
def sweep_protection(timestamp: int) -> None:
    at = datetime.fromtimestamp(timestamp, tz=UTC)
    actions.forget_restorations(at=at)
    actions.tell_unheard(at=at)
