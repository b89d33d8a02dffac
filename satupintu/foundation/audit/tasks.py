# SPDX-License-Identifier: Apache-2.0
from datetime import UTC, datetime

from django.conf import settings
from procrastinate import RetryStrategy
from procrastinate.contrib.django import app as jobs

from . import actions


@jobs.periodic(cron="* * * * *")  # type: ignore[arg-type]
@jobs.task(queueing_lock="audit.keep_log", pass_context=False)
def keep_log(*, timestamp: int) -> None:
    """Every minute: what was appended gets its place in the tree. Then, whenever one is due, a
    head is signed, and another lodged with the witness. A worker that was down catches up."""
    at = datetime.fromtimestamp(timestamp, tz=UTC)
    while actions.sequence_accesses():
        pass
    if actions.is_head_due(every=settings.ACCESS_LOG_HEAD_EVERY, at=at):
        actions.sign_head(at=at)
    actions.plan_lodging(every=settings.ACCESS_LOG_LODGE_EVERY, at=at)


@jobs.task(retry=RetryStrategy(max_attempts=12, exponential_wait=2))
def lodge_head(*, size: int) -> None:
    """An error is retried with growing waits; a refusal of the witness ends as a failed job, with
    its reason in the log, and the next day's head is refused too until somebody has looked."""
    actions.lodge_head(size=size)
