# SPDX-License-Identifier: Apache-2.0
"""Sealed reads (safety rule 19): with a law, two approvers and an end, or not at all."""

from datetime import datetime
from typing import Literal
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from satupintu.foundation.audit.models import Seal
from satupintu.foundation.errors import Refusal

Kind = Literal["investigation", "child_protection", "whistle_blowing"]


class SealNotInForce(Refusal):
    code = "seal_not_in_force"
    message = _("This seal does not cover what you are doing, or is not approved, or has ended.")
    status = 403


class SecondApproverNeeded(Refusal):
    code = "second_approver_needed"
    message = _("Somebody else must approve this, while it is still open.")
    status = 403


def propose_seal(
    *,
    agency: str,
    kind: Kind,
    legal_basis: str,
    ends_at: datetime,
    approver: UUID,
    at: datetime,
) -> UUID:
    """The first of two approvals; hides nothing yet. Raises IntegrityError without a legal basis
    or an end that lies ahead: the table itself refuses. There is no way to extend a seal."""
    seal = Seal.objects.create(
        agency=agency,
        kind=kind,
        legal_basis=legal_basis,
        proposed_at=at,
        ends_at=ends_at,
        first_approver=approver,
    )
    return seal.id


def approve_seal(*, seal_id: UUID, approver: UUID, at: datetime) -> None:
    """The second approval, by somebody else. Raises SecondApproverNeeded."""
    approved = (
        Seal.objects.filter(id=seal_id, second_approver=None, ends_at__gt=at)
        .exclude(first_approver=approver)
        .update(second_approver=approver, approved_at=at)
    )
    if not approved:
        raise SecondApproverNeeded


def get_end(*, seal_id: UUID, agency: str, at: datetime) -> datetime:
    """Until when a read by this agency is hidden. Raises SealNotInForce."""
    seal = Seal.objects.filter(
        id=seal_id, agency=agency, approved_at__lte=at, ends_at__gt=at
    ).first()
    if seal is None:
        raise SealNotInForce
    return seal.ends_at
