# SPDX-License-Identifier: Apache-2.0
from datetime import UTC, datetime, timedelta
from uuid import UUID

from django.core.mail import send_mail
from django.db import transaction
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from procrastinate import RetryStrategy
from procrastinate.contrib.django import app as jobs
from procrastinate.exceptions import AlreadyEnqueued

from satupintu.trust.accounts import queries as accounts

from . import actions

# The sweep comes every ten minutes and carries on where the tries of one job stop.
_SWEPT_AT_ONCE = 100
_JOB_TRIES = timedelta(minutes=10)


@jobs.task(retry=RetryStrategy(max_attempts=5, exponential_wait=3))
def tell_agency(*, account_id: str, question_id: str) -> None:
    """Hand a question to the agency. A dead agency is asked again by the sweep, and again."""
    actions.tell_agency(
        account_id=UUID(account_id), question_id=UUID(question_id), at=timezone.now()
    )


@jobs.periodic(cron="*/10 * * * *")  # type: ignore[arg-type]
@jobs.task
def sweep_questions(*, timestamp: int) -> None:
    """What no agency has taken yet, the most urgent first."""
    at = datetime.fromtimestamp(timestamp, tz=UTC)
    untold = actions.list_untold(at=at, older_than=_JOB_TRIES, at_most=_SWEPT_AT_ONCE)
    for account_id, question_id in untold:
        try:
            with transaction.atomic():
                tell_agency.configure(queueing_lock=f"questions.tell.{question_id}").defer(
                    account_id=str(account_id), question_id=str(question_id)
                )
        except AlreadyEnqueued:
            continue


@jobs.task(retry=RetryStrategy(max_attempts=10, exponential_wait=3))
def tell_person(*, account_id: str) -> None:
    """Tell a person by e-mail that an answer is there.

    Names no agency and holds no address: others may read this mailbox (safety rules 12 and 21).
    """
    contact = accounts.get_contact(account_id=UUID(account_id))
    if contact is None:
        return
    with translation.override(contact.language):
        body = "\n\n".join(
            (
                _("You asked why something stands in your access log. The answer is there."),
                _("To read it, open Satu Pintu the way you always do and look who saw your data."),
                _("This message holds no link, on purpose. We never ask for your password."),
            )
        )
        send_mail(_("Your question was answered"), body, None, [contact.email])
