# SPDX-License-Identifier: Apache-2.0
import json
from datetime import UTC, datetime
from uuid import UUID

from django.core.mail import EmailMessage
from django.utils import timezone
from procrastinate import RetryStrategy
from procrastinate.contrib.django import app as jobs

from satupintu.foundation.crypto import decrypt

from . import actions


@jobs.task(retry=RetryStrategy(max_attempts=8, exponential_wait=2))
def send_sealed_mail(*, sealed: str) -> None:
    mail = json.loads(decrypt(sealed))
    EmailMessage(subject=mail["subject"], body=mail["body"], to=[mail["to"]]).send()


@jobs.task(retry=RetryStrategy(max_attempts=3, wait=5))
def record_failed_sign_in(*, sealed: str) -> None:
    """Done here and not in the page: an address without an account must cost the page as much."""
    failure = json.loads(decrypt(sealed))
    actions.record_failure(
        email=failure["email"],
        device=failure["device"],
        network=failure["network"],
        at=datetime.fromisoformat(failure["at"]),
    )


@jobs.task(retry=RetryStrategy(max_attempts=8, exponential_wait=2))
def send_notice(*, account_id: str, activity_id: str) -> None:
    notice = actions.get_notice(
        account_id=UUID(account_id), activity_id=UUID(activity_id), at=timezone.now()
    )
    if notice is None:
        return
    EmailMessage(subject=notice.subject, body=notice.body, to=[notice.to]).send()
    # A worker that dies here sends it twice; never not at all.
    actions.forget_notice(account_id=UUID(account_id), activity_id=UUID(activity_id))


@jobs.periodic(cron="23 * * * *")  # type: ignore[arg-type]
@jobs.task
def sweep_sessions(*, timestamp: int) -> None:
    """What expired opens nothing any more; here it is forgotten too."""
    at = datetime.fromtimestamp(timestamp, tz=UTC)
    actions.forget_expired_sessions(at=at)
    actions.forget_pause_codes(at=at)
