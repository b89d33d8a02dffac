# SPDX-License-Identifier: Apache-2.0
from datetime import UTC, datetime
from uuid import UUID

from django.core.mail import send_mail
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from procrastinate import RetryStrategy
from procrastinate.contrib.django import app as jobs

from satupintu.trust.accounts import queries as accounts

from . import actions


@jobs.task(retry=RetryStrategy(max_attempts=10, exponential_wait=3))
def tell_agency(*, account_id: str, link_id: str) -> None:
    """Tell an agency that a link has ended. The sweep carries on where the retries stop."""
    actions.tell_agency(account_id=UUID(account_id), link_id=UUID(link_id), at=timezone.now())


@jobs.task(retry=RetryStrategy(max_attempts=10, exponential_wait=3))
def tell_record_owner(*, account_id: str, notice_id: str) -> None:
    """Have the agency tell the record's own contact. The sweep carries on after the retries."""
    actions.tell_record_owner(
        account_id=UUID(account_id), notice_id=UUID(notice_id), at=timezone.now()
    )


@jobs.periodic(cron="*/10 * * * *")
@jobs.task
def sweep_links(timestamp: int) -> None:
    at = datetime.fromtimestamp(timestamp, tz=UTC)
    actions.sweep_links(at=at)
    actions.tell_untold_owners(at=at)


@jobs.task(retry=RetryStrategy(max_attempts=10, exponential_wait=3))
def send_link_notice(*, account_id: str, happened: str) -> None:
    """Tell a person by e-mail that something was linked or unlinked.

    Names no agency and holds no address: others may read this mailbox, and a mail with a link is
    what a thief would send (safety rules 12 and 21).
    """
    contact = accounts.get_contact(account_id=UUID(account_id))
    if contact is None:
        return
    with translation.override(contact.language):
        if happened == "linked":
            subject = _("A service was added to your account")
            what = _("A government service was added to your Satu Pintu account just now.")
        else:
            subject = _("A service was removed from your account")
            what = _("A government service was removed from your Satu Pintu account just now.")
        body = "\n\n".join(
            (
                what,
                _(
                    "If this was you, there is nothing to do. If not, open Satu Pintu the way you "
                    "always do, look at your services and end every session you do not know."
                ),
                _("This message holds no link, on purpose. We never ask for your password."),
            )
        )
    send_mail(subject, body, None, [contact.email])
