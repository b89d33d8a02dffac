# SPDX-License-Identifier: Apache-2.0
"""How strongly we know who somebody is."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import Enum
from typing import Any
from uuid import UUID

from satupintu.trust.agencies import queries as agencies
from satupintu.trust.rulebook import queries as rulebook
from satupintu.trust.staff import queries as staff

from .models import ProofCode, Proofing
from .rules import Method, Proof, compute_level, read_level

__all__ = ["Method"]

# What the statement that loads a person's account brings along (accounts/backend.py): proofs
# that nobody ended. So every page knows the level, none pays a statement for it, and a proof
# that ends counts for nothing from the next page on.
STANDING_PROOFS = """
    SELECT json_agg(json_build_array(level, extract(epoch FROM valid_until)))
    FROM identity_proofing WHERE account_id = accounts_account.id AND ended_at IS NULL
"""
COLUMN = "standing_proofs"


@dataclass(frozen=True)
class ProofingCard:
    """One proofing, as its person may see it."""

    id: UUID
    method: Method
    level: int
    by: str
    role: str
    proved_at: datetime
    valid_until: datetime
    ended_at: datetime | None

    @property
    def confirmed_by(self) -> str:
        """The office and role of a counter, in words; never who (safety rule 19)."""
        agency = agencies.describe_agency(slug=self.by)
        if self.method is not Method.COUNTER or agency is None:
            return ""
        return f"{agency.name}, {staff.name_role(self.role)}"

    def is_standing(self, *, at: datetime) -> bool:
        return self.ended_at is None and at < self.valid_until


def get_level(*, account_id: UUID, at: datetime) -> int:
    """The proofing level of a person at a moment, 0 to 3."""
    rows = Proofing.objects.filter(account_id=account_id, ended_at=None).values_list(
        "level", "valid_until"
    )
    return compute_level((Proof(*row) for row in rows), at=at)


def get_level_of_user(user: Any, *, at: datetime) -> int:
    """`get_level` of who is signed in (`request.user`): from the statement that loaded her."""
    if not user.is_authenticated:
        return 0
    loaded = vars(_unwrap(user))
    if COLUMN not in loaded:
        return get_level(account_id=user.pk, at=at)
    return compute_level(_read_proofs(loaded[COLUMN] or ()), at=at)


def get_required_level(*, agency_slug: str, at: datetime) -> int:
    """What the rulebook asks of everybody who signs in at an agency.

    Raises PolicyUndecided where nobody has decided.
    """
    return read_level(rulebook.get_text("identity.required_level", agency=agency_slug, at=at))


def list_proofings(*, account_id: UUID) -> tuple[ProofingCard, ...]:
    """All there ever were, newest first."""
    rows = Proofing.objects.filter(account_id=account_id).order_by("-proved_at", "-id")
    return tuple(
        ProofingCard(
            id=row.id,
            method=Method(row.method),
            level=row.level,
            by=row.by,
            role=row.role,
            proved_at=row.proved_at,
            valid_until=row.valid_until,
            ended_at=row.ended_at,
        )
        for row in rows
    )


class CodeState(Enum):
    """Where the code stands that a person holds in her hand."""

    WAITING = "waiting"
    OPENED = "opened"
    USED = "used"
    OVER = "over"


def get_code_state(*, account_id: UUID, purpose: str, at: datetime) -> CodeState:
    row = ProofCode.objects.filter(account_id=account_id, purpose=purpose).first()
    if row is not None and row.used_at is not None:
        return CodeState.USED
    if row is None or at >= row.expires_at:
        return CodeState.OVER
    return CodeState.OPENED if row.opened_by else CodeState.WAITING


def _unwrap(user: Any) -> Any:
    # `request.user` is a lazy object around the account.
    return getattr(user, "_wrapped", user)


def _read_proofs(stored: Iterable[tuple[int, float]]) -> Iterable[Proof]:
    for level, until in stored:
        yield Proof(level=level, valid_until=datetime.fromtimestamp(until, tz=UTC))
