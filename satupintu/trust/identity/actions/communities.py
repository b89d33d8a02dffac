# SPDX-License-Identifier: Apache-2.0
"""Communities, and who may vouch for their people."""

from datetime import datetime
from uuid import UUID

from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils.text import slugify
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from satupintu.foundation.audit.actions import Words
from satupintu.foundation.errors import Refusal
from satupintu.foundation.outbox import actions as outbox
from satupintu.trust.accounts import actions as accounts
from satupintu.trust.identity import queries
from satupintu.trust.identity.models import (
    Attestation,
    AttestationReview,
    Attester,
    Community,
    Proofing,
)
from satupintu.trust.identity.rules import read_level
from satupintu.trust.rulebook import queries as rulebook
from satupintu.trust.staff import actions as staff
from satupintu.trust.staff import queries as colleagues

ENROL = "enrol_attester"
IN_DOUBT = "identity.attestation_in_doubt"
LEGAL_BASIS = "UU 27/2022, Pasal 20 ayat (2) huruf e"
ENROLLED = Words(
    id="menunjuk Anda sebagai penjamin sebuah komunitas",
    en="made you an attester of a community",
)
REVOKED = Words(
    id="mengakhiri tugas Anda sebagai penjamin sebuah komunitas",
    en="ended your being an attester of a community",
)
DOUBTED = Words(
    id="memeriksa kembali bukti identitas Anda, karena salah satu penjamin tidak lagi bertugas",
    en="began to look again at your proof of identity, because one who vouched is no attester now",
)


class CommunityKnown(Refusal):
    code = "community_known"
    message = _("A community of this name is registered already.")
    status = 409


class UnknownCommunity(Refusal):
    code = "unknown_community"
    message = _("There is no such community, or it is closed.")
    status = 404


class AttesterNotProved(Refusal):
    code = "attester_not_proved"
    message = _(
        "Whoever vouches for others must be well known herself: she proves who she is first, at a "
        "counter or with her identity provider."
    )


class AttesterKnown(Refusal):
    code = "attester_known"
    message = _("This person is an attester already.")
    status = 409


class UnknownAttester(Refusal):
    code = "unknown_attester"
    message = _("There is no such attester, or she was ended already.")
    status = 404


def register_community(*, name: str, by: UUID | None, at: datetime) -> str:
    """Answers the slug. `by` is None for the demo's seeding. Raises NotYours or CommunityKnown."""
    if by is not None:
        _require(by, "communities.register", at)
    kept = " ".join(name.split())[:120]
    slug = slugify(kept)[:60]
    try:
        with transaction.atomic():
            Community.objects.create(slug=slug, name=kept, registered_at=at)
    except IntegrityError as error:
        raise CommunityKnown from error
    return slug


def propose_attester(*, community: str, email: str, reason: str, by: UUID, at: datetime) -> UUID:
    """Ask a second member of staff to let somebody vouch. Raises UnknownCommunity,
    UnknownAccount, AttesterNotProved, AttesterKnown, or what `staff.propose` refuses with."""
    account_id = accounts.find_account(email=email)
    _check_candidate(community, account_id, at)
    return staff.propose(act=ENROL, about=f"{community} {account_id}", reason=reason, by=by, at=at)


def carry_out_enrolment(approved: staff.Approved) -> None:
    """What an approved `enrol_attester` does; the person sees it in her log."""
    slug, _space, typed_id = approved.about.partition(" ")
    account_id = UUID(typed_id)
    enrol(community=slug, account_id=account_id, at=approved.at)
    staff.record_act(
        account_id=account_id,
        by=approved.approved_by,
        what="identity.attester_enrolled",
        purpose_code="proofing",
        words=ENROLLED,
        legal_basis=LEGAL_BASIS,
        at=approved.at,
    )


def describe_enrolment(about: str) -> str:
    """Community and a short number: whoever needs more asks her colleague."""
    slug, _space, account_id = about.partition(" ")
    found = Community.objects.filter(slug=slug).first()
    account = _t("Account …%s") % account_id[-8:]
    return f"{account}, {found.name if found else slug}"


@transaction.atomic
def enrol(*, community: str, account_id: UUID, at: datetime) -> UUID:
    """Only what two members of staff decided on comes here, and the demo's seeding."""
    found = _check_candidate(community, account_id, at)
    try:
        with transaction.atomic():
            return Attester.objects.create(
                community=found, account_id=account_id, enrolled_at=at
            ).id
    except IntegrityError as error:
        raise AttesterKnown from error


@transaction.atomic
def revoke_attester(*, attester_id: UUID, reason: str, by: UUID, at: datetime) -> int:
    """From this moment her word counts for nothing. Proofs that rest on it are looked at again
    within the rulebook's time; until then no new link and no change of bank details, and
    nothing that runs is touched (safety rule 17). Answers how many proofs those are.

    Raises NotYours, UnknownAttester or ReasonNeeded.
    """
    _require(by, "attesters.revoke", at)
    kept = " ".join(reason.split())[:500]
    if not kept:
        raise staff.ReasonNeeded
    attester = (
        Attester.objects.select_for_update(of=("self",))
        .filter(id=attester_id, revoked_at=None)
        .first()
    )
    if attester is None:
        raise UnknownAttester
    attester.revoked_at, attester.revoke_reason = at, kept
    attester.save(update_fields=["revoked_at", "revoke_reason"])
    given = Attestation.objects.filter(attester_id=attester_id, closed_at=None)
    given.filter(proofing_id=None).update(closed_at=at)
    _log(attester.account_id, by, "identity.attester_revoked", REVOKED, at)
    doubted = 0
    for account_id, proofing_id in given.exclude(proofing_id=None).values_list(
        "account_id", "proofing_id"
    ):
        if proofing_id is None:
            continue
        stands = Proofing.objects.filter(
            account_id=account_id, id=proofing_id, ended_at=None, valid_until__gt=at
        )
        if stands.exists():
            open_review(
                account_id=account_id,
                proofing_id=proofing_id,
                why=AttestationReview.Why.ATTESTER_REVOKED,
                at=at,
            )
            _log(account_id, by, "identity.attestation_doubted", DOUBTED, at)
            doubted += 1
    return doubted


def open_review(
    *, account_id: UUID, proofing_id: UUID, why: AttestationReview.Why, at: datetime
) -> None:
    """In the caller's transaction. Where an attester was revoked, whoever hears of IN_DOUBT holds
    what is new; of a recheck by lot nobody hears. Both attesters revoked are one review."""
    _row, is_new = AttestationReview.objects.get_or_create(
        account_id=account_id,
        proofing_id=proofing_id,
        why=why,
        decided_at=None,
        defaults={
            "opened_at": at,
            "due_at": at + rulebook.get_duration("identity.attestation_review_within", at=at),
        },
    )
    if is_new and why == AttestationReview.Why.ATTESTER_REVOKED:
        outbox.publish(IN_DOUBT, {"account_id": str(account_id)}, at=at)


def ensure_demo_attester(*, community: str, email: str, at: datetime) -> None:
    """A made-up attester, enrolled without a second pair of eyes. Refused outside the demo."""
    if not (settings.DEMO or settings.TESTING):
        raise accounts.OnlyInTheDemo
    account_id = accounts.find_account(email=email)
    if not Attester.objects.filter(account_id=account_id).exists():
        enrol(community=community, account_id=account_id, at=at)


def _check_candidate(community: str, account_id: UUID, at: datetime) -> Community:
    found = Community.objects.filter(slug=community, closed_at=None).first()
    if found is None:
        raise UnknownCommunity
    if queries.get_level(account_id=account_id, at=at) < get_attester_level(at):
        raise AttesterNotProved
    if Attester.objects.filter(account_id=account_id, revoked_at=None).exists():
        raise AttesterKnown
    return found


def get_attester_level(at: datetime) -> int:
    return read_level(rulebook.get_text("identity.attester_level", at=at))


def _require(by: UUID, permission: str, at: datetime) -> None:
    colleague = colleagues.get_colleague(member_id=by, at=at)
    if colleague is None or not colleague.may(permission):
        raise staff.NotYours


def _log(account_id: UUID, by: UUID, what: str, words: Words, at: datetime) -> None:
    staff.record_act(
        account_id=account_id,
        by=by,
        what=what,
        purpose_code="proofing",
        words=words,
        legal_basis=LEGAL_BASIS,
        at=at,
    )
