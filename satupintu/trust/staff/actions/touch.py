# SPDX-License-Identifier: Apache-2.0
"""What staff do about a person stands in that person's log (safety rule 19): the agency and the
role, never the name. And nobody reads without a case."""

from collections.abc import Callable
from datetime import datetime
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from satupintu.foundation.audit import actions as audit
from satupintu.foundation.errors import Refusal

from .proposals import get_colleague, slug_of

HasCase = Callable[[str, UUID], bool]


class CaseNeeded(Refusal):
    code = "staff_case_needed"
    message = _("Give the number of a case that is open for this person.")
    status = 403


_case_sources: dict[str, HasCase] = {}


def register_case_source(name: str, has_case: HasCase) -> None:
    """A part that keeps cases says whether a number is an open case of a person. From
    `AppConfig.ready()` only."""
    if _case_sources.setdefault(name, has_case) is not has_case:
        raise ValueError(f"{name} is registered already")


def record_act(
    *,
    account_id: UUID,
    by: UUID | None,
    what: str,
    purpose_code: str,
    words: audit.Words,
    legal_basis: str,
    at: datetime,
) -> UUID:
    """Log what a staff member did about a person, in the transaction that does it. `by` is None
    for the operator's command. Raises NotYours for somebody who is not in office."""
    member = get_colleague(by, at) if by else None
    return audit.record_access(
        account_id=account_id,
        actor=audit.Actor(
            kind="staff",
            agency=slug_of(member) if member else "",
            role=member.role if member else "operator",
        ),
        what=what,
        purpose_code=purpose_code,
        words=words,
        legal_basis=legal_basis,
        at=at,
    )


def record_reading(
    *,
    account_id: UUID,
    by: UUID,
    case: str,
    what: str,
    purpose_code: str,
    words: audit.Words,
    legal_basis: str,
    at: datetime,
) -> UUID:
    """Log that a staff member reads about a person, before she sees anything.

    Raises CaseNeeded where no part knows `case` as an open case of this very person: without one
    nothing is read. Deny by default: while no part keeps cases, nobody reads.
    """
    if not case.strip() or not any(
        has_case(case.strip(), account_id) for has_case in _case_sources.values()
    ):
        raise CaseNeeded
    return record_act(
        account_id=account_id,
        by=by,
        what=what,
        purpose_code=purpose_code,
        words=words,
        legal_basis=legal_basis,
        at=at,
    )
