# SPDX-License-Identifier: Apache-2.0
"""Hear that something was asked or answered. Each starts a job of its own, with tries of its own."""

from satupintu.foundation.outbox.actions import EventEnvelope

from . import tasks


def tell_agency(event: EventEnvelope) -> None:
    tasks.tell_agency.defer(**event.data)


def tell_person(event: EventEnvelope) -> None:
    tasks.tell_person.defer(account_id=event.data["account_id"])
