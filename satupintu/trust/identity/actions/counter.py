# SPDX-License-Identifier: Apache-2.0
"""At a counter: staff make sure of a person who stands before them (NIST SP 800-63A-4, 2.1.3,
on-site attended). Two steps: the code shows the name to compare, then what was seen is confirmed."""

from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from satupintu.foundation.audit.actions import Words
from satupintu.foundation.errors import Refusal
from satupintu.foundation.throttle import actions as throttle
from satupintu.trust.accounts import actions as accounts
from satupintu.trust.accounts import queries as people
from satupintu.trust.identity.models import ProofCode
from satupintu.trust.identity.rules import Method, Paper, is_same_name, read_level
from satupintu.trust.rulebook import queries as rulebook
from satupintu.trust.staff import actions as staff
from satupintu.trust.staff import queries as colleagues

from . import codes
from .record import Evidence, record_proofing

PURPOSE = ProofCode.Purpose.COUNTER
LEGAL_BASIS = "UU 27/2022, Pasal 20 ayat (2) huruf a"
LOOKED = Words(
    id="membuka kode yang Anda tunjukkan di loket dan melihat nama Anda, untuk mencocokkannya",
    en="opened the code you showed at the counter and saw your name, to compare it",
)
CONFIRMED = Words(
    id="mencocokkan Anda dengan dokumen Anda di loket, untuk memastikan identitas Anda",
    en="compared you with your document at the counter, to make sure who you are",
)


class CounterClosed(Refusal):
    code = "counter_closed"
    message = _(
        "Your counter may not confirm anybody at the moment. Ask the coordinating ministry."
    )
    status = 403


class OwnProof(Refusal):
    code = "own_proof"
    message = _(
        "This account bears your own name or address. Nobody makes sure of herself or of a "
        "relative: a colleague must do it."
    )
    status = 403


class CounterBusy(Refusal):
    code = "counter_busy"
    message = _(
        "You have confirmed as many people today as one can look at. A colleague can go on."
    )
    status = 429


def look_at_code(*, typed: str, by: UUID, at: datetime) -> codes.Opened:
    """The name to compare with the document, and nothing else of the person; she sees in her log
    that it was looked at. Raises CounterClosed, OwnProof, CodeUnknown or CodeTriesUsedUp."""
    colleague = _require_counter(by, at)

    def check(opened: codes.Opened) -> None:
        refuse_own(colleague, opened.account_id)
        _log(opened.account_id, by, "identity.looked_at", LOOKED, at)

    return codes.open_code(
        typed=typed,
        purpose=PURPOSE,
        who=by,
        place=colleague.agency_slug,
        before_showing=check,
        at=at,
    )


@transaction.atomic
def confirm_at_counter(*, typed: str, paper: Paper, by: UUID, at: datetime) -> int:
    """Write down that she and her paper were seen, once for each code. Answers the level.

    Raises what `look_at_code` does; NameChanged where the name is no longer the one that was
    compared; CounterBusy. Then nothing is written and the code still works.
    """
    colleague = _require_counter(by, at)
    account_id, name_hash = codes.use_code(typed=typed, purpose=PURPOSE, who=by, at=at)
    refuse_own(colleague, account_id)
    name = accounts.hold_name(account_id=account_id) or ""
    if codes.hash_name(name) != name_hash:
        raise codes.NameChanged
    confirmed = throttle.count_attempt(
        scope="identity.counter_proofs", key=str(by), window=timedelta(days=1), at=at
    )
    if confirmed.count > rulebook.get_integer("identity.counter_proofs_a_day", at=at):
        raise CounterBusy
    level = get_counter_level(paper=paper, agency_slug=colleague.agency_slug, at=at)
    record_proofing(
        account_id=account_id,
        evidence=Evidence(
            method=Method.COUNTER,
            level=level,
            by=colleague.agency_slug,
            role=colleague.role,
            full_name=name,
            paper=paper.value,
            matched=("full_name", "face"),
        ),
        at=at,
    )
    _log(account_id, by, "identity.confirmed", CONFIRMED, at)
    return level


def get_counter_level(*, paper: Paper, agency_slug: str, at: datetime) -> int:
    """How far a kind of paper takes a person. Raises PolicyUndecided."""
    name = f"identity.counter_{paper.value}"
    return read_level(rulebook.get_text(name, agency=agency_slug, at=at))


def _require_counter(by: UUID, at: datetime) -> colleagues.Colleague:
    colleague = colleagues.get_colleague(member_id=by, at=at)
    if colleague is None or not colleague.may("counter.confirm"):
        raise staff.NotYours
    slug = colleague.agency_slug
    if not slug or rulebook.get_text("identity.counter_open", agency=slug, at=at) != "yes":
        raise CounterClosed
    return colleague


def refuse_own(colleague: colleagues.Colleague, account_id: UUID) -> None:
    """Raises OwnProof where an account bears the name or the address of whoever looks at it."""
    # Staff and accounts are kept apart (ADR 0008), so this knows them by what both say.
    contact = people.get_contact(account_id=account_id)
    if contact is None:
        raise codes.CodeUnknown
    if contact.email == colleague.email.lower() or is_same_name(
        contact.full_name, colleague.full_name
    ):
        raise OwnProof


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
