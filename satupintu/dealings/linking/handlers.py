# SPDX-License-Identifier: Apache-2.0
"""Hear what happened to links, and tell the person by e-mail."""

from datetime import datetime
from uuid import UUID

from satupintu.foundation.outbox.actions import EventEnvelope, subscribe
from satupintu.trust.accounts import actions as accounts
from satupintu.trust.accounts.queries import PauseCard
from satupintu.trust.signin import actions as signin

from . import actions, queries, tasks


def notify_of_link(event: EventEnvelope) -> None:
    tasks.send_link_notice.defer(account_id=event.data["account_id"], happened="linked")


def notify_of_unlink(event: EventEnvelope) -> None:
    tasks.send_link_notice.defer(account_id=event.data["account_id"], happened="unlinked")


def account_paused(account_id: UUID, pause: PauseCard, at: datetime) -> None:
    """In the transaction of the pause: its link stands still, and no agency's token opens it."""
    actions.pause_link(account_id, pause, at)
    signin.revoke_sign_ins(account_id=account_id, agency_slug=None, at=at)


def listen() -> None:
    """Called once, when the app is ready."""
    accounts.on_pause("linking", account_paused)
    accounts.load_with_account(queries.MARKED, queries.MARKED_LINKS)
    signin.register_passage(queries.read_passage)
    subscribe("linking.record_linked", "linking.notify_of_link", notify_of_link)
    subscribe("linking.record_unlinked", "linking.notify_of_unlink", notify_of_unlink)
