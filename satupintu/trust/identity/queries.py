# SPDX-License-Identifier: Apache-2.0
"""How strongly we know who somebody is."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import Enum
from typing import Any
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from satupintu.trust.agencies import queries as agencies
from satupintu.trust.rulebook import queries as rulebook
from satupintu.trust.staff import queries as staff

from .models import Attestation, AttestationReview, Attester, Community, ProofCode, Proofing
from .rules import Method, Paper, Proof, compute_level, read_level

__all__ = ["PAPERS", "Method", "Paper"]

# What a person may show at a counter, in words for whoever looks at it.
PAPERS = {
    Paper.ID_CARD_IN_REGISTER: _("Identity card, and found in the population register"),
    Paper.ID_CARD: _("Identity card"),
    Paper.PASSPORT: _("Passport"),
    Paper.RESIDENCE_PERMIT: _("Residence permit with a photo"),
    Paper.WITHOUT_PHOTO: _("Family card or birth certificate, without a photo"),
}

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


@dataclass(frozen=True)
class CommunityCard:
    id: UUID
    slug: str
    name: str
    attesters: int


@dataclass(frozen=True)
class AttesterCard:
    """An attester in office. Staff see a short number, not who she is; `count` is how many people
    she vouched for lately, and only the fraud desk is shown it (safety rule 26)."""

    id: UUID
    account: str
    community_name: str
    enrolled_at: datetime
    count: int


@dataclass(frozen=True)
class ReviewCard:
    """A proof by attestation that staff look at again."""

    id: UUID
    account: str
    is_drawn: bool
    opened_at: datetime
    due_at: datetime

    def is_overdue(self, *, at: datetime) -> bool:
        return at >= self.due_at


def is_attester(*, account_id: UUID) -> bool:
    return Attester.objects.filter(
        account_id=account_id, revoked_at=None, community__closed_at=None
    ).exists()


def count_words(*, account_id: UUID, at: datetime) -> int:
    """How many attesters have vouched for a person and wait for another."""
    since = at - rulebook.get_duration("identity.attestation_window", at=at)
    given = Attestation.objects.filter(
        account_id=account_id, proofing_id=None, closed_at=None, attested_at__gt=since
    )
    standing = Attester.objects.filter(revoked_at=None).values("id")
    return given.filter(attester_id__in=standing).count()


def is_under_review(*, account_id: UUID) -> bool:
    """Whether a proof of this person is in doubt because an attester was revoked: new links and
    changes of bank details wait, and nothing that runs does (safety rule 17)."""
    doubted = AttestationReview.objects.filter(
        account_id=account_id,
        why=AttestationReview.Why.ATTESTER_REVOKED,
        decided_at=None,
    )
    return Proofing.objects.filter(
        account_id=account_id, id__in=doubted.values("proofing_id"), ended_at=None
    ).exists()


def list_communities() -> list[CommunityCard]:
    rows = Community.objects.filter(closed_at=None).order_by("name")
    counts = Counter(
        Attester.objects.filter(revoked_at=None).values_list("community_id", flat=True)
    )
    return [CommunityCard(row.id, row.slug, row.name, counts[row.id]) for row in rows]


def list_attesters(*, at: datetime) -> list[AttesterCard]:
    since = at - rulebook.get_duration("identity.attestations_counted_for", at=at)
    counts = Counter(
        Attestation.objects.filter(attested_at__gt=since).values_list("attester_id", flat=True)
    )
    rows = Attester.objects.filter(revoked_at=None).select_related("community")
    return [
        AttesterCard(
            id=row.id,
            account=str(row.account_id)[-8:],
            community_name=row.community.name,
            enrolled_at=row.enrolled_at,
            count=counts[row.id],
        )
        for row in rows.order_by("community__name", "enrolled_at")
    ]


def list_reviews() -> list[ReviewCard]:
    """What waits, the first to fall due first."""
    return [
        ReviewCard(
            id=row.id,
            account=str(row.account_id)[-8:],
            is_drawn=row.why == AttestationReview.Why.DRAWN,
            opened_at=row.opened_at,
            due_at=row.due_at,
        )
        for row in AttestationReview.objects.filter(decided_at=None).order_by("due_at", "id")
    ]


def _unwrap(user: Any) -> Any:
    # `request.user` is a lazy object around the account.
    return getattr(user, "_wrapped", user)


def _read_proofs(stored: Iterable[tuple[int, float]]) -> Iterable[Proof]:
    for level, until in stored:
        yield Proof(level=level, valid_until=datetime.fromtimestamp(until, tz=UTC))
