# SPDX-License-Identifier: Apache-2.0
"""Writing down, and ending, that somebody made sure who a person is."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from satupintu.foundation import crypto
from satupintu.foundation.errors import Refusal
from satupintu.foundation.ids import new_id
from satupintu.foundation.outbox import actions as outbox
from satupintu.trust.accounts import actions as accounts
from satupintu.trust.identity.models import EvidenceHolder, Proofing
from satupintu.trust.identity.rules import CEILINGS, Method, is_same_name
from satupintu.trust.rulebook import queries as rulebook

PROVED = "identity.person_proved"
ENDED = "identity.proofing_ended"
CLAIMED_TWICE = "identity.evidence_claimed_twice"


class EvidenceHeldElsewhere(Refusal):
    """Says nothing of the other account, which may be a thief's or the true owner's."""

    code = "evidence_held_elsewhere"
    message = _("This identity already stands behind another account.")
    status = 409


class NameDiffers(Refusal):
    """Does not say the other name: it may be somebody else's."""

    code = "name_differs"
    message = _(
        "The name there is not the name of this account. Write the name of your account as it "
        "stands on your card, and try again."
    )


class NameIsProved(Refusal):
    """Whoever could rename a proved account would carry a proof of one person under the name of
    another."""

    code = "name_is_proved"
    message = _(
        "Somebody made sure of this name when you proved who you are. To change it, first remove "
        "the proof under “Your identity”, then prove it again in your new name."
    )
    status = 409


@dataclass(frozen=True)
class Evidence:
    """What was shown. Of `subject` only a keyed hash is kept, of `reference` a sealed copy."""

    method: Method
    level: int
    by: str  # slug of the provider, agency or community
    role: str
    subject: str = ""  # who this is in the books of `by`; empty where they keep none
    reference: str = ""
    # The name that was compared with the account's; empty where none was.
    full_name: str = ""
    paper: str = ""  # the kind of paper that staff saw
    # Names of the attributes that were compared and fitted, never their values.
    matched: tuple[str, ...] = ()


def record_proofing(*, account_id: UUID, evidence: Evidence, at: datetime) -> UUID:
    """Write down that somebody made sure who this person is, and tell her.

    Evidence with a subject stands behind one account at a time: raises EvidenceHeldElsewhere
    where that is another one, after telling that one's owner. The same evidence shown again by
    the same person takes the place of the former. The account is held meanwhile: one proof after
    the other, and no name changes in between. Raises NameDiffers where its name is no longer the
    one that was compared; ValueError above what the method is worth, and for no account.
    """
    if not 1 <= evidence.level <= CEILINGS[evidence.method]:
        raise ValueError(f"{evidence.method} never reaches IP{evidence.level}")
    evidence_hash = hash_evidence(by=evidence.by, subject=evidence.subject)
    proofing_id = new_id()
    with transaction.atomic():
        name = accounts.hold_name(account_id=account_id)
        if name is None:
            raise ValueError(f"{account_id} is no account")
        if evidence.full_name and not is_same_name(evidence.full_name, name):
            raise NameDiffers
        holder = _hold(evidence_hash, account_id, proofing_id, at=at)
        if holder == account_id:
            _replace_former(account_id, evidence, evidence_hash, at=at)
            _write(account_id, proofing_id, evidence, evidence_hash, at=at)
    if holder != account_id:
        with transaction.atomic():
            outbox.publish(CLAIMED_TWICE, {"account_id": str(holder), "by": evidence.by}, at=at)
        raise EvidenceHeldElsewhere
    return proofing_id


def hash_evidence(*, by: str, subject: str) -> str:
    """What stands for a person of a provider where she must be found without being known."""
    return crypto.keyed_hash("identity.evidence", f"{by}\x00{subject}") if subject else ""


@transaction.atomic
def end_proofing(
    *, account_id: UUID, proofing_id: UUID, reason: Proofing.EndReason, at: datetime
) -> bool:
    """From now on this proof counts for nothing, in sessions that run too. Whether it stood."""
    ended = Proofing.objects.filter(account_id=account_id, id=proofing_id, ended_at=None).update(
        ended_at=at, end_reason=reason
    )
    if not ended:
        return False
    EvidenceHolder.objects.filter(account_id=account_id, proofing_id=proofing_id).delete()
    outbox.publish(ENDED, {"account_id": str(account_id), "proofing_id": str(proofing_id)}, at=at)
    return True


def guard_name(renaming: accounts.Renaming) -> None:
    """The name of an account is fixed while a proof of it stands; its spelling is not.

    Raises NameIsProved. Runs while the account is held, so a proof comes before or after.
    """
    is_proved = Proofing.objects.filter(
        account_id=renaming.account_id, ended_at=None, valid_until__gt=renaming.at
    ).exists()
    if is_proved and not is_same_name(renaming.old, renaming.new):
        raise NameIsProved


def _hold(evidence_hash: str, account_id: UUID, proofing_id: UUID, *, at: datetime) -> UUID:
    """Whose account the evidence stands behind now: this one's, if it was free or hers."""
    if not evidence_hash:
        return account_id
    # The key, not a look beforehand, decides: two accounts can race for one identity.
    holder, is_new = EvidenceHolder.objects.select_for_update(of=("self",)).get_or_create(
        evidence_hash=evidence_hash,
        defaults={"account_id": account_id, "proofing_id": proofing_id},
    )
    if is_new:
        return account_id
    former = Proofing.objects.filter(
        account_id=holder.account_id, id=holder.proofing_id, ended_at=None, valid_until__gt=at
    )
    if holder.account_id != account_id and former.exists():
        return holder.account_id
    EvidenceHolder.objects.filter(evidence_hash=evidence_hash).update(
        account_id=account_id, proofing_id=proofing_id
    )
    return account_id


def _replace_former(
    account_id: UUID, evidence: Evidence, evidence_hash: str, *, at: datetime
) -> None:
    """A person has one standing proof of each way and place; the others are her history."""
    Proofing.objects.filter(
        account_id=account_id, method=evidence.method, by=evidence.by, ended_at=None
    ).update(ended_at=at, end_reason=Proofing.EndReason.REPLACED)
    # Another identity at the same provider is free again.
    EvidenceHolder.objects.filter(
        account_id=account_id,
        evidence_hash__in=Proofing.objects.filter(
            account_id=account_id, method=evidence.method, by=evidence.by
        )
        .exclude(evidence_hash="")
        .values("evidence_hash"),
    ).exclude(evidence_hash=evidence_hash).delete()


def _write(
    account_id: UUID, proofing_id: UUID, evidence: Evidence, evidence_hash: str, *, at: datetime
) -> None:
    Proofing.objects.create(
        account_id=account_id,
        id=proofing_id,
        method=evidence.method,
        level=evidence.level,
        by=evidence.by,
        role=evidence.role,
        evidence_hash=evidence_hash,
        matched=" ".join(evidence.matched),
        paper=evidence.paper,
        reference_encrypted=crypto.encrypt(evidence.reference) if evidence.reference else "",
        proved_at=at,
        valid_until=at + rulebook.get_duration(f"identity.valid_by_{evidence.method.value}", at=at),
    )
    outbox.publish(PROVED, {"account_id": str(account_id), "proofing_id": str(proofing_id)}, at=at)
