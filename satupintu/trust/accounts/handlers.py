# SPDX-License-Identifier: Apache-2.0
"""Hears our own events, so that what follows a change happens after its commit."""

from django.http import HttpRequest
from procrastinate.contrib.django import app as jobs

from satupintu.foundation.outbox.actions import EventEnvelope

from . import actions


def guard_changed(event: EventEnvelope) -> None:
    """Tell the mailbox that guarded the account before the change."""
    jobs.configure_task("satupintu.trust.accounts.tasks.send_notice").defer(
        account_id=event.data["account_id"], activity_id=event.data["activity_id"]
    )


def keep_language(request: HttpRequest, language: str) -> None:
    """The switch at the top of a page also sets the language of mails."""
    if request.user.is_authenticated and request.user.language != language:
        actions.choose_language(account_id=request.user.pk, language=language)
