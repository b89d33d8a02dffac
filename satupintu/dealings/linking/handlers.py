# SPDX-License-Identifier: Apache-2.0
"""Hear what happened to links, and tell the person by e-mail."""

from satupintu.foundation.outbox.actions import EventEnvelope, subscribe

from . import tasks


def notify_of_link(event: EventEnvelope) -> None:
    tasks.send_link_notice.defer(account_id=event.data["account_id"], happened="linked")


def notify_of_unlink(event: EventEnvelope) -> None:
    tasks.send_link_notice.defer(account_id=event.data["account_id"], happened="unlinked")


def listen() -> None:
    """Called once, when the app is ready."""
    subscribe("linking.record_linked", "linking.notify_of_link", notify_of_link)
    subscribe("linking.record_unlinked", "linking.notify_of_unlink", notify_of_unlink)
