# SPDX-License-Identifier: Apache-2.0
"""Hears what happened to proofs, and has the person told by e-mail."""

from satupintu.foundation.outbox.actions import EventEnvelope, subscribe

from . import actions, tasks


def tell_of_proof(event: EventEnvelope) -> None:
    tasks.send_proof_notice.defer(account_id=event.data["account_id"], happened="proved")


def tell_of_end(event: EventEnvelope) -> None:
    tasks.send_proof_notice.defer(account_id=event.data["account_id"], happened="ended")


def tell_of_second_claim(event: EventEnvelope) -> None:
    tasks.send_proof_notice.defer(account_id=event.data["account_id"], happened="claimed_twice")


def tell_of_doubt(event: EventEnvelope) -> None:
    tasks.send_proof_notice.defer(account_id=event.data["account_id"], happened="in_doubt")


def listen() -> None:
    """Called once, when the app is ready."""
    subscribe(actions.PROVED, "identity.tell_of_proof", tell_of_proof)
    subscribe(actions.ENDED, "identity.tell_of_end", tell_of_end)
    subscribe(actions.CLAIMED_TWICE, "identity.tell_of_second_claim", tell_of_second_claim)
    subscribe(actions.IN_DOUBT, "identity.tell_of_doubt", tell_of_doubt)
