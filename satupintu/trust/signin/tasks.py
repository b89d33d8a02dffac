# SPDX-License-Identifier: Apache-2.0
from datetime import UTC, datetime
from uuid import UUID

from django.utils import timezone
from procrastinate import RetryStrategy
from procrastinate.contrib.django import app as jobs

from . import actions


@jobs.periodic(cron="*/10 * * * *")
@jobs.task(queueing_lock="signin.sweep_expired")
def sweep_expired(timestamp: int) -> None:
    """Codes, tokens and assertions that are long over."""
    actions.sweep_expired(at=datetime.fromtimestamp(timestamp, tz=UTC))


@jobs.periodic(cron="17 * * * *")
@jobs.task(queueing_lock="signin.keep_signing_keys")
def keep_signing_keys(timestamp: int) -> None:
    """The key after the one that signs is ready, long before it is needed."""
    at = datetime.fromtimestamp(timestamp, tz=UTC)
    actions.ensure_signing_keys(at=at)
    actions.forget_old_keys(at=at)


@jobs.task(retry=RetryStrategy(max_attempts=12, exponential_wait=2))
def tell_client(*, account_id: str, visit_id: str) -> None:
    """A client that did not hear is told again with growing waits, for more than an hour."""
    actions.tell_client(account_id=UUID(account_id), visit_id=UUID(visit_id), at=timezone.now())
