# SPDX-License-Identifier: Apache-2.0
"""Staff look again at a proof by attestation: one that was drawn, or whose attester was revoked."""

from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from satupintu.foundation.audit.actions import Words
from satupintu.foundation.errors import Refusal
from satupintu.trust.accounts import queries as people
from satupintu.trust.identity.models import AttestationReview, Proofing
from satupintu.trust.staff import actions as staff
from satupintu.trust.staff import queries as colleagues

from .communities import LEGAL_BASIS
from .record import end_proofing

READ = Words(
    id="melihat nama dan alamat surel Anda, untuk memeriksa kembali bukti identitas Anda",
    en="saw your name and e-mail address, to look again at your proof of identity",
)
DECIDED = {
    AttestationReview.Outcome.STANDS: Words(
        id="memeriksa kembali bukti identitas Anda; bukti itu tetap berlaku",
        en="looked again at your proof of identity; it stands",
    ),
    AttestationReview.Outcome.ENDED: Words(
        id="memeriksa kembali bukti identitas Anda; bukti itu berakhir",
        en="looked again at your proof of identity; it has ended",
    ),
}


class ReviewOver(Refusal):
    code = "review_over"
    message = _("This was decided already.")
    status = 409


def read_reviewed(*, review_id: UUID, by: UUID, at: datetime) -> people.Contact:
    """Whom to invite. Logged before it is shown. Raises ReviewOver, NotYours or CaseNeeded."""
    _require(by, at)
    row = AttestationReview.objects.filter(id=review_id, decided_at=None).first()
    contact = people.get_contact(account_id=row.account_id) if row else None
    if row is None or contact is None:
        raise ReviewOver
    staff.record_reading(
        account_id=row.account_id,
        by=by,
        case=str(review_id),
        what="identity.reviewed",
        purpose_code="proofing",
        words=READ,
        legal_basis=LEGAL_BASIS,
        at=at,
    )
    return contact


@transaction.atomic
def decide_review(
    *, review_id: UUID, outcome: AttestationReview.Outcome, by: UUID, at: datetime
) -> None:
    """The proof stands, or ends; the person sees which, and of whom. What already runs goes on
    either way. Raises ReviewOver or NotYours."""
    _require(by, at)
    row = (
        AttestationReview.objects.select_for_update(of=("self",))
        .filter(id=review_id, decided_at=None)
        .first()
    )
    if row is None:
        raise ReviewOver
    # The key is composite, so the row is written by its filter.
    AttestationReview.objects.filter(account_id=row.account_id, id=row.id).update(
        decided_at=at, outcome=outcome
    )
    if outcome == AttestationReview.Outcome.ENDED:
        end_proofing(
            account_id=row.account_id,
            proofing_id=row.proofing_id,
            reason=Proofing.EndReason.REVOKED,
            at=at,
        )
    staff.record_act(
        account_id=row.account_id,
        by=by,
        what="identity.review_decided",
        purpose_code="proofing",
        words=DECIDED[outcome],
        legal_basis=LEGAL_BASIS,
        at=at,
    )


def has_case(case: str, account_id: UUID) -> bool:
    """Whether `case` is an open review of this very person (`staff.register_case_source`)."""
    try:
        review_id = UUID(case)
    except ValueError:
        return False
    return AttestationReview.objects.filter(
        account_id=account_id, id=review_id, decided_at=None
    ).exists()


def _require(by: UUID, at: datetime) -> None:
    colleague = colleagues.get_colleague(member_id=by, at=at)
    if colleague is None or not colleague.may("attestations.review"):
        raise staff.NotYours
