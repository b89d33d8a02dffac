# SPDX-License-Identifier: Apache-2.0
"""Join a record, in three steps: reserve it here, tell the agency, make it stand.

Each step is safe to repeat, and a link that stops between two of them is "pending": it gives
nobody anything, can be finished, and is cleared away otherwise (docs/tour.md).
"""

import logging
from datetime import datetime
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from satupintu.dealings.exchange import actions as exchange
from satupintu.dealings.linking.models import Link, LinkAttempt, RecordHolder
from satupintu.dealings.linking.rules import State, count_provisional_until, has_expired
from satupintu.foundation import crypto
from satupintu.foundation.audit import actions as audit
from satupintu.foundation.errors import Refusal
from satupintu.foundation.outbox import actions as outbox
from satupintu.trust.accounts import actions as accounts
from satupintu.trust.agencies import queries as agencies
from satupintu.trust.agencies.queries import AgencyCard
from satupintu.trust.consent import actions as consent
from satupintu.trust.identity import queries as identities
from satupintu.trust.rulebook import queries as rulebook
from satupintu.trust.signin import actions as signin

from . import end, notices, tries
from .prove import AlreadyLinked

log = logging.getLogger(__name__)


class ProofExpired(Refusal):
    code = "proof_expired"
    message = _("Too much time has passed since you entered the code. Please start again.")
    status = 410


class RecordCannotBeLinked(Refusal):
    """Somebody else holds the record. Not a word about whom, or that it is so (safety rule 10)."""

    code = "record_cannot_be_linked"
    message = _(
        "We could not link this record to your account. Nothing was changed. Please ask the "
        "agency itself, and take its letter and your identity card with you."
    )
    status = 409


class ProofInDoubt(RecordCannotBeLinked):
    """Whoever vouched for her is no attester any more: what is new waits, what runs goes on
    (safety rule 17)."""

    code = "proof_in_doubt"
    message = _(
        "Your proof of identity is being looked at again, which takes two weeks at most. Until "
        "then no service can be added. What you have goes on, and you did nothing wrong."
    )


def confirm_link(
    *,
    account_id: UUID,
    device_key: str,
    agency_slug: str,
    attempt_id: UUID,
    at: datetime,
    identity_level: int = 0,
    by_passkey: bool = False,
) -> None:
    """Join the record of a proof to the account, after the person was shown what the agency will
    get to see and agreed. How well we know her (`identity_level`) and whether her session has a
    passkey decide how long the link is provisional.

    Repeating it with the same `attempt_id` makes one link. Raises ProofExpired, ProofInDoubt,
    AlreadyLinked or RecordCannotBeLinked (nothing is left behind), or an
    exchange.AgencyUnavailable (the link is pending; call again to finish it).
    """
    agency = agencies.get_agency(slug=agency_slug)
    if agency is None:
        raise exchange.AgencyTakesNoPart
    link = _reserve(account_id=account_id, agency_slug=agency_slug, attempt_id=attempt_id, at=at)
    if link.state == State.ENDED:
        raise ProofExpired
    if link.state == State.PENDING:
        link.identity_level = identity_level
        link.provisional_until = count_provisional_until(
            linked_at=at,
            cooling_off=rulebook.get_duration("linking.cooling_off", agency=agency_slug, at=at),
            identity_level=identity_level,
            by_passkey=by_passkey,
        )
        _join(link, agency=agency, at=at)
        tries.forget_tries(
            account_id=account_id, device_key=device_key, agency_slug=agency_slug, at=at
        )


def _reserve(*, account_id: UUID, agency_slug: str, attempt_id: UUID, at: datetime) -> Link:
    """The first step: from here on nobody else can take the record."""
    try:
        with transaction.atomic():
            accounts.refuse_while_paused(account_id=account_id, at=at)
            attempt = (
                LinkAttempt.objects.select_for_update(of=("self",))
                .filter(account_id=account_id, id=attempt_id, agency=agency_slug)
                .first()
            )
            if attempt is None:
                # Used by a click before this one, or never there.
                link = Link.objects.filter(
                    account_id=account_id, id=attempt_id, agency=agency_slug
                ).first()
                if link is None:
                    raise ProofExpired
                return link
            if not attempt.is_matched or has_expired(attempt.expires_at, at=at):
                raise ProofExpired
            if identities.is_under_review(account_id=account_id):
                raise ProofInDoubt
            link = Link.objects.create(
                account_id=account_id,
                id=attempt.id,
                agency=agency_slug,
                route=attempt.route,
                state=State.PENDING,
                record_ref_encrypted=attempt.record_ref_encrypted,
                match_id_encrypted=attempt.match_id_encrypted,
                reserved_at=at,
            )
            RecordHolder.objects.create(
                agency=agency_slug,
                record_hash=hash_record(crypto.decrypt(attempt.record_ref_encrypted)),
                account_id=account_id,
                link_id=attempt.id,
            )
            LinkAttempt.objects.filter(account_id=account_id, id=attempt.id).delete()
            return link
    except IntegrityError as error:
        # The constraints, not a look beforehand, decide: two people, or two tabs, can race.
        if _violated(error) in {"link_one_live_per_agency", "holder_one_record_per_agency"}:
            raise AlreadyLinked from error
        log.warning("record_held_elsewhere agency=%s link=%s", agency_slug, attempt_id)
        raise RecordCannotBeLinked from error


def hash_record(record_ref: str) -> str:
    """What stands for a record where it must be found without being known."""
    return crypto.keyed_hash("linking.record", record_ref)


def _violated(error: IntegrityError) -> str:
    diagnosis = getattr(error.__cause__, "diag", None)
    return getattr(diagnosis, "constraint_name", None) or ""


def _join(link: Link, *, agency: AgencyCard, at: datetime) -> None:
    """The second step, and the third when the agency says yes."""
    try:
        # Its "no longer" must not arrive after our "joined".
        end.tell_before_joining(account_id=link.account_id, agency_slug=link.agency, at=at)
        record_ref = exchange.join_record(
            agency_slug=link.agency,
            # Of this agency's own sector, and of no other (design rule 1).
            subject=signin.ensure_subject(account_id=link.account_id, sector=agency.sector, at=at),
            match_id=crypto.decrypt(link.match_id_encrypted),
            link_id=link.id,
            at=at,
        )
    except (exchange.RecordTaken, exchange.SubjectTaken) as error:
        _drop(link)
        raise RecordCannotBeLinked from error
    except exchange.MatchExpired as error:
        _drop(link)
        raise ProofExpired from error
    except exchange.AgencyUnavailable:
        # It may have joined, and somebody may have given up on this link meanwhile.
        end.tell_again(account_id=link.account_id, link_id=link.id)
        _end_earlier_sign_ins(link, at=at)
        raise
    if record_ref != crypto.decrypt(link.record_ref_encrypted):
        log.error("agency_joined_another_record agency=%s link=%s", link.agency, link.id)
        end.give_up_pending(account_id=link.account_id, link_id=link.id, at=at)
        raise exchange.AgencyAnswersNonsense
    _make_it_stand(link, at=at)


@transaction.atomic
def _drop(link: Link) -> None:
    """The agency said no: it joined nothing, and nothing stays here either."""
    dropped, _rows = Link.objects.filter(
        account_id=link.account_id, id=link.id, state=State.PENDING
    ).delete()
    if dropped:
        RecordHolder.objects.filter(
            agency=link.agency, account_id=link.account_id, link_id=link.id
        ).delete()


def _make_it_stand(link: Link, *, at: datetime) -> None:
    """The third step. Whoever comes second finds it done."""
    if _activate(link, at=at):
        return
    now = Link.objects.filter(account_id=link.account_id, id=link.id).first()
    if now is None or now.state != State.ACTIVE:
        # Given up while we asked; the agency has just joined it, and must hear again.
        end.tell_again(account_id=link.account_id, link_id=link.id)
        raise ProofExpired


@transaction.atomic
def _activate(link: Link, *, at: datetime) -> bool:
    accounts.refuse_while_paused(account_id=link.account_id, at=at)
    changed = Link.objects.filter(
        account_id=link.account_id, id=link.id, state=State.PENDING
    ).update(
        state=State.ACTIVE,
        linked_at=at,
        match_id_encrypted="",
        identity_level=link.identity_level,
        provisional_until=link.provisional_until,
    )
    if not changed:
        return False
    _end_earlier_sign_ins(link, at=at)
    consent.give_consent(
        account_id=link.account_id,
        agency_slug=link.agency,
        attributes=["identity_confirmed"],
        purpose="linking",
        # The page that asks is behind two factors.
        level=2,
        at=at,
    )
    audit.record_access(
        account_id=link.account_id,
        actor=audit.Actor(kind="agency", agency=link.agency),
        what="identity_confirmed",
        purpose_code="linking",
        # What follows the agency's name in the person's access log.
        words=audit.Words(
            id="menerima kepastian bahwa catatannya adalah milik Anda, saat Anda menautkannya",
            en="was told that its record is yours, when you linked it",
        ),
        legal_basis="UU 27/2022, Pasal 20 ayat (2) huruf a",
        at=at,
    )
    notices.prepare_notice(link=link, kind="linked", at=at)
    accounts.record_link(account_id=link.account_id, has_ended=False, at=at)
    outbox.publish(
        "linking.record_linked",
        {
            "account_id": str(link.account_id),
            "link_id": str(link.id),
            "agency": link.agency,
            "provisional_until": _write_moment(link.provisional_until),
        },
        at=at,
    )
    return True


def _end_earlier_sign_ins(link: Link, *, at: datetime) -> None:
    """Whoever signed in to the agency before he linked would otherwise not wait: what runs there
    names the record from now on (safety rule 9)."""
    if link.provisional_until is not None:
        signin.revoke_sign_ins(account_id=link.account_id, agency_slug=link.agency, at=at)


def _write_moment(moment: datetime | None) -> str | None:
    return None if moment is None else moment.isoformat()
