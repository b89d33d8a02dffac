# SPDX-License-Identifier: Apache-2.0
from procrastinate.contrib.django import app as jobs

from satupintu.foundation.outbox.actions import EventEnvelope

TELL = "satupintu.trust.signin.tasks.tell_client"


def tell_clients(event: EventEnvelope) -> None:
    """A job for each client: one that does not answer keeps no other from hearing of it."""
    for visit_id in event.data["visit_ids"]:
        jobs.configure_task(TELL).defer(account_id=event.data["account_id"], visit_id=visit_id)
