# SPDX-License-Identifier: Apache-2.0
from datetime import UTC, datetime
from uuid import UUID

from django.core.mail import send_mail
from django.utils import translation
from django.utils.translation import gettext as _
from procrastinate import RetryStrategy
from procrastinate.contrib.django import app as jobs

from satupintu.trust.accounts import queries as accounts

from . import actions


@jobs.task(retry=RetryStrategy(max_attempts=10, exponential_wait=3))
def send_proof_notice(*, account_id: str, happened: str) -> None:
    """Tell a person by e-mail what happened to the proof of who she is.

    Names no provider and no way, and holds no link: others may read this mailbox (safety rules
    12 and 21).
    """
    contact = accounts.get_contact(account_id=UUID(account_id))
    if contact is None:
        return
    with translation.override(contact.language):
        subject, what = {
            "proved": (
                _("You have proved who you are"),
                _("Your Satu Pintu account now knows who you are: your identity was confirmed."),
            ),
            "ended": (
                _("Your proof of identity has ended"),
                _(
                    "A proof of who you are has ended. Services that need it will ask you to prove "
                    "it again. What you receive already goes on."
                ),
            ),
            "in_doubt": (
                _("We look again at your proof of identity"),
                _(
                    "Something about your proof of identity must be looked at again, within two "
                    "weeks. It is nothing you did wrong. What you receive already goes on. Until "
                    "then no new service can be added."
                ),
            ),
            "claimed_twice": (
                _("Somebody tried to use your identity"),
                _(
                    "Somebody tried to prove, for another account, to be the person that your "
                    "account belongs to. We refused it. Perhaps it was you, with a second account."
                ),
            ),
        }[happened]
        body = "\n\n".join(
            (
                what,
                _(
                    "If this was not you, open Satu Pintu the way you always do and choose "
                    '"It was not me" at the foot of the page.'
                ),
                _("This message holds no link, on purpose. We never ask for your password."),
            )
        )
    send_mail(subject, body, None, [contact.email])


@jobs.periodic(cron="17 * * * *")
@jobs.task
def sweep_codes(timestamp: int) -> None:
    actions.forget_codes(at=datetime.fromtimestamp(timestamp, tz=UTC))
