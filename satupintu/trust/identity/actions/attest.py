# SPDX-License-Identifier: Apache-2.0
"""An attester vouches for a person without papers (safety rule 17).

From the attester's own account, with two factors of her own, by a code that the person shows. Two
attesters of two communities make IP1, and nothing more.
"""

import secrets
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from satupintu.foundation.audit import actions as audit
from satupintu.foundation.errors import Refusal
from satupintu.foundation.throttle import actions as throttle
from satupintu.trust.accounts import actions as accounts
from satupintu.trust.accounts import queries as people
from satupintu.trust.identity import queries
from satupintu.trust.identity.models import (
    Attestation,
    AttestationReview,
    Attester,
    ProofCode,
)
from satupintu.trust.identity.rules import Method, Vouch, find_pair
from satupintu.trust.rulebook import queries as rulebook

from . import codes
from .communities import LEGAL_BASIS, get_attester_level, open_review
from .record import Evidence, record_proofing

PURPOSE = ProofCode.Purpose.ATTESTATION
LOOKED = audit.Words(
    id="menunjukkan nama Anda kepada seorang penjamin yang mengetik kode Anda",
    en="showed your name to an attester who typed your code",
)


class NotAnAttester(Refusal):
    code = "not_an_attester"
    message = _("You are no attester, or not any more.")
    status = 403


class SecondFactorNeeded(Refusal):
    code = "second_factor_needed"
    message = _("Vouching takes your own second factor. Sign in with it first.")
    status = 403


class OwnAttestation(Refusal):
    code = "own_attestation"
    message = _("This is your own code. Nobody can vouch for herself.")


class TooClose(Refusal):
    """Says no more: which device or word it was would tell of the other's account."""

    code = "too_close"
    message = _(
        "You cannot vouch for this person: she has used her account on this device, or has vouched "
        "for you. Somebody else must do it."
    )


class AttestedAlready(Refusal):
    code = "attested_already"
    message = _(
        "You have vouched for this person already. The second word must be somebody else's."
    )
    status = 409


class AttesterBusy(Refusal):
    code = "attester_busy"
    message = _(
        "You have vouched for many people in a short time. You can go on later; until then another "
        "attester can help."
    )
    status = 429


@dataclass(frozen=True)
class Voucher:
    """Whoever vouches, as her own session shows her."""

    account_id: UUID
    authentication_level: int
    # Hashes of the accounts that signed in on her device (`accounts.queries.Origin`).
    accounts_on_device: Collection[str]


def look_at_vouching_code(*, typed: str, by: Voucher, at: datetime) -> codes.Opened:
    """The name of the person who stands before her. Raises NotAnAttester, SecondFactorNeeded,
    OwnAttestation, TooClose, CodeUnknown or CodeTriesUsedUp."""
    attester = _require_attester(by, at)

    def check(opened: codes.Opened) -> None:
        _refuse_close(by, opened.account_id)
        audit.record_access(
            account_id=opened.account_id,
            actor=audit.Actor(kind="helper", role="attester"),
            what="identity.looked_at",
            purpose_code="proofing",
            words=LOOKED,
            legal_basis=LEGAL_BASIS,
            at=at,
        )

    return codes.open_code(
        typed=typed,
        purpose=PURPOSE,
        who=attester.id,
        place=str(attester.community_id),
        before_showing=check,
        at=at,
    )


@transaction.atomic
def attest(*, typed: str, by: Voucher, at: datetime) -> bool:
    """Write down her word. True where it was the second, so that the person is at IP1 now.

    She has declared on the page that she is no kin and knows what a false word means; the moment
    is kept. Raises what `look_at_vouching_code` does, NameChanged, AttestedAlready or
    AttesterBusy; then nothing is written and the code still works.
    """
    attester = _require_attester(by, at)
    account_id, name_hash = codes.use_code(typed=typed, purpose=PURPOSE, who=attester.id, at=at)
    _refuse_close(by, account_id)
    # Two attesters at once stand in line here, so the second finds the first one's word.
    name = accounts.hold_name(account_id=account_id) or ""
    if codes.hash_name(name) != name_hash:
        raise codes.NameChanged
    _count(attester, at)
    _close_lapsed(account_id, at)
    try:
        with transaction.atomic():
            Attestation.objects.create(
                account_id=account_id,
                attester_id=attester.id,
                community_id=attester.community_id,
                attested_at=at,
                declared_no_kin_at=at,
            )
    except IntegrityError as error:
        raise AttestedAlready from error
    return _complete(account_id, name, at)


def _complete(account_id: UUID, name: str, at: datetime) -> bool:
    """Make a proof of two words that stand now: an attester who was revoked after the first, or
    whose community was closed, is none."""
    waiting = list(
        Attestation.objects.filter(account_id=account_id, closed_at=None, proofing_id=None)
    )
    in_office = set(
        Attester.objects.select_for_update(of=("self",))
        .filter(
            id__in=[row.attester_id for row in waiting],
            revoked_at=None,
            community__closed_at=None,
        )
        .order_by("id")
        .values_list("id", flat=True)
    )
    pair = find_pair(
        Vouch(row.id, row.attester_id, row.community_id)
        for row in waiting
        if row.attester_id in in_office
    )
    if pair is None:
        return False
    proofing_id = record_proofing(
        account_id=account_id,
        evidence=Evidence(
            method=Method.ATTESTATION,
            level=1,
            # Neither who nor which community: that would tell where she comes from.
            by="community",
            role="attester",
            full_name=name,
            matched=("full_name",),
        ),
        at=at,
    )
    Attestation.objects.filter(
        account_id=account_id, id__in=[vouch.attestation_id for vouch in pair]
    ).update(proofing_id=proofing_id)
    # Drawn after the word was given, and told to nobody: it can't be waited out.
    if secrets.randbelow(100) < rulebook.get_integer("identity.attestation_recheck_percent", at=at):
        open_review(
            account_id=account_id,
            proofing_id=proofing_id,
            why=AttestationReview.Why.DRAWN,
            at=at,
        )
    return True


def _require_attester(by: Voucher, at: datetime) -> Attester:
    attester = (
        Attester.objects.select_related("community")
        .filter(account_id=by.account_id, revoked_at=None, community__closed_at=None)
        .first()
    )
    if attester is None or queries.get_level(account_id=by.account_id, at=at) < get_attester_level(
        at
    ):
        raise NotAnAttester
    if by.authentication_level < 2:
        raise SecondFactorNeeded
    return attester


def _refuse_close(by: Voucher, account_id: UUID) -> None:
    if account_id == by.account_id:
        raise OwnAttestation
    contact = people.get_contact(account_id=account_id)
    # Whose phone she uses could show and type the code alone (safety rules 8 and 14).
    shares_device = (
        contact is not None and accounts.hash_account(contact.email) in by.accounts_on_device
    )
    vouched_for_her = Attestation.objects.filter(
        account_id=by.account_id,
        attester_id__in=Attester.objects.filter(account_id=account_id).values("id"),
    ).exists()
    if shares_device or vouched_for_her:
        raise TooClose


def _count(attester: Attester, at: datetime) -> None:
    counted = throttle.count_attempt(
        scope="identity.attester",
        key=str(attester.account_id),
        window=rulebook.get_duration("identity.attestations_counted_for", at=at),
        at=at,
    )
    if counted.count > rulebook.get_integer("identity.attestations_by_attester", at=at):
        raise AttesterBusy


def _close_lapsed(account_id: UUID, at: datetime) -> None:
    window = rulebook.get_duration("identity.attestation_window", at=at)
    Attestation.objects.filter(
        account_id=account_id, proofing_id=None, closed_at=None, attested_at__lte=at - window
    ).update(closed_at=at)
