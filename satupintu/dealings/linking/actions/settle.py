# SPDX-License-Identifier: Apache-2.0
"""A provisional link that need not wait any longer."""

from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from satupintu.dealings.linking.models import Link
from satupintu.dealings.linking.rules import Standing, State, decide_standing, proves_strongly
from satupintu.foundation.errors import Refusal
from satupintu.foundation.outbox import actions as outbox
from satupintu.trust.accounts import actions as accounts


class ProofTooWeak(Refusal):
    code = "proof_too_weak"
    message = _(
        "To end the waiting time, prove who you are with your card, and sign in with a passkey."
    )
    status = 403


@transaction.atomic
def settle_link(
    *, account_id: UUID, agency_slug: str, identity_level: int, by_passkey: bool, at: datetime
) -> None:
    """End the cooling-off of a provisional link, by the proof that would have spared it.

    A link that is paused, frozen or on hold stays so, and waits on. Twice is as good as once.
    Raises ProofTooWeak, or accounts.AccountPaused.
    """
    if not proves_strongly(identity_level=identity_level, by_passkey=by_passkey):
        raise ProofTooWeak
    # Locks the account: a pause comes before or after, never in between (safety rule 11).
    accounts.refuse_while_paused(account_id=account_id, at=at)
    link = (
        Link.objects.select_for_update(of=("self",))
        .filter(account_id=account_id, agency=agency_slug, state=State.ACTIVE)
        .first()
    )
    if link is None or decide_standing(link.marks, at=at) is not Standing.PROVISIONAL:
        return
    link.provisional_until = None
    link.identity_level = identity_level
    link.save(update_fields=["provisional_until", "identity_level"])
    outbox.publish(
        "linking.link_settled",
        {"account_id": str(account_id), "link_id": str(link.id), "agency": agency_slug},
        at=at,
    )
