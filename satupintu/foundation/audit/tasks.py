# SPDX-License-Identifier: Apache-2.0
import logging
from datetime import UTC, datetime

from django.conf import settings
from procrastinate import RetryStrategy
from procrastinate.contrib.django import app as jobs

from . import actions, queries

log = logging.getLogger(__name__)
# A log that is broken everywhere must not fill the disk with saying so.
FAULTS_NAMED = 20


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


class LogNotWhole(Exception):
    """The nightly check found what it must not find. `satupintu accesslog check` says what."""


@jobs.periodic(cron="17 3 * * *")  # type: ignore[arg-type]
@jobs.task(queueing_lock="audit.check_log", pass_context=False)
def check_log(*, timestamp: int) -> None:
    """Every night: the whole log against its tree. A fault ends as a failed job, each named in the
    log by leaf; nothing is mended, and no try is repeated: somebody must look."""
    faults = 0
    for fault in queries.find_faults():
        faults += 1
        if faults <= FAULTS_NAMED:
            log.error("audit.log_not_whole fault=%s", fault)
    if faults:
        raise LogNotWhole(f"{faults} faults; see: satupintu accesslog check")
    log.info("audit.log_is_whole size=%s", queries.get_size())


@jobs.task(retry=RetryStrategy(max_attempts=12, exponential_wait=2))
def lodge_head(*, size: int) -> None:
    """An error is retried with growing waits; a refusal of the witness ends as a failed job, with
    its reason in the log, and the next day's head is refused too until somebody has looked."""
    actions.lodge_head(size=size)
