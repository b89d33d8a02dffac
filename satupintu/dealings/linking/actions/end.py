# SPDX-License-Identifier: Apache-2.0
"""End a link: here at once, at the agency as soon as it listens.

The agency is told by subject alone, so an old "no longer" that arrives late could undo a new
link. Hence one process at a time speaks about ends (`telling_until`), and a new link is joined
only after every older end was heard.
"""

import logging
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from procrastinate.contrib.django import app as jobs

from satupintu.dealings.exchange import actions as exchange
from satupintu.dealings.linking import queries
from satupintu.dealings.linking.models import Link, LinkAttempt, RecordHolder
from satupintu.dealings.linking.rules import State
from satupintu.foundation.errors import Refusal
from satupintu.foundation.outbox import actions as outbox
from satupintu.trust.accounts import actions as accounts
from satupintu.trust.agencies import queries as agencies
from satupintu.trust.consent import actions as consent
from satupintu.trust.rulebook import queries as rulebook
from satupintu.trust.signin import actions as signin_actions
from satupintu.trust.signin import queries as signin

log = logging.getLogger(__name__)


class NotLinked(Refusal):
    code = "not_linked"
    message = _("Your record at this agency is not linked.")
    status = 404


@transaction.atomic
def unlink(*, account_id: UUID, agency_slug: str, at: datetime) -> None:
    """End a person's link, finished or not. Her messages stay; consent to this agency ends,
    and so does every token that it holds about her.

    The agency hears of it from a job. Raises NotLinked.
    """
    link = (
        Link.objects.select_for_update(of=("self",))
        .filter(account_id=account_id, agency=agency_slug, state__in=queries.LIVE)
        .first()
    )
    if link is None:
        raise NotLinked
    _end(link, at=at)
    consent.withdraw_consent(account_id=account_id, agency_slug=agency_slug, at=at)
    signin_actions.revoke_sign_ins(account_id=account_id, agency_slug=agency_slug, at=at)
    if link.state == State.ACTIVE:
        accounts.record_link(account_id=account_id, has_ended=True, at=at)
        outbox.publish(
            "linking.record_unlinked",
            {"account_id": str(account_id), "link_id": str(link.id), "agency": agency_slug},
            at=at,
        )


@transaction.atomic
def give_up_pending(*, account_id: UUID, link_id: UUID, at: datetime) -> None:
    """Clear away a link that was never finished. Does nothing to one that stands or has ended."""
    link = (
        Link.objects.select_for_update(of=("self",))
        .filter(account_id=account_id, id=link_id, state=State.PENDING)
        .first()
    )
    if link is not None:
        _end(link, at=at)


def _end(link: Link, *, at: datetime) -> None:
    Link.objects.filter(account_id=link.account_id, id=link.id).update(
        state=State.ENDED, ended_at=at, match_id_encrypted=""
    )
    RecordHolder.objects.filter(
        agency=link.agency, account_id=link.account_id, link_id=link.id
    ).delete()
    _defer_telling(link.account_id, link.id)


def _defer_telling(account_id: UUID, link_id: UUID) -> None:
    jobs.configure_task("satupintu.dealings.linking.tasks.tell_agency").defer(
        account_id=str(account_id), link_id=str(link_id)
    )


def tell_agency(*, account_id: UUID, link_id: UUID, at: datetime) -> None:
    """Tell the agency that a link has ended. Idempotent; raises exchange.AgencyUnavailable."""
    link = Link.objects.filter(
        account_id=account_id, id=link_id, state=State.ENDED, agency_told_at=None
    ).first()
    if link is None or not _may_speak(link, at=at):
        return
    newer = queries.get_link(account_id=account_id, agency_slug=link.agency)
    if newer is None:
        _release(link, at=at)
    elif newer.is_active:
        # What the agency holds now is the newer link, joined after this end was heard.
        Link.objects.filter(account_id=account_id, id=link_id).update(agency_told_at=at)
    else:
        # The newer one is being joined and tells of this end first.
        Link.objects.filter(account_id=account_id, id=link_id).update(telling_until=None)


def tell_before_joining(*, account_id: UUID, agency_slug: str, at: datetime) -> None:
    """Let the agency hear every older end before something new is joined.

    Raises exchange.AgencyUnavailable when it does not, or while a job is speaking with it.
    """
    untold = Link.objects.filter(
        account_id=account_id, agency=agency_slug, state=State.ENDED, agency_told_at=None
    )
    for link in untold:
        if not _may_speak(link, at=at):
            raise exchange.AgencyDoesNotAnswer
        _release(link, at=at)


def tell_again(*, account_id: UUID, link_id: UUID) -> None:
    """What the agency was told may have been overtaken by a late answer: put an ended link back
    on the list. A link that has not ended is left alone."""
    with transaction.atomic():
        if Link.objects.filter(account_id=account_id, id=link_id, state=State.ENDED).update(
            agency_told_at=None, telling_until=None
        ):
            _defer_telling(account_id, link_id)


def _may_speak(link: Link, *, at: datetime) -> bool:
    """Take the word about one end, unless somebody has it now."""
    lease = rulebook.get_duration("linking.telling_lease", agency=link.agency, at=at)
    link.telling_until = at + lease
    return bool(
        Link.objects.filter(
            Q(telling_until=None) | Q(telling_until__lte=at),
            account_id=link.account_id,
            id=link.id,
            agency_told_at=None,
        ).update(telling_until=link.telling_until)
    )


def _release(link: Link, *, at: datetime) -> None:
    agency = agencies.describe_agency(slug=link.agency)
    subject = (
        signin.get_subject(account_id=link.account_id, sector=agency.sector) if agency else None
    )
    if subject is not None:
        exchange.release_record(agency_slug=link.agency, subject=subject, at=at)
    # Only if nobody has put it back on the list while we spoke.
    Link.objects.filter(
        account_id=link.account_id, id=link.id, telling_until=link.telling_until
    ).update(agency_told_at=at, telling_until=None)


def sweep_links(*, at: datetime, limit: int = 200) -> None:
    """Clear away what nobody finished, tell agencies what they have not heard, forget old proofs.

    An agency that does not answer is left alone until the next sweep.
    """
    LinkAttempt.objects.filter(expires_at__lte=at).delete()
    patience = rulebook.get_duration("linking.pending_lifetime", at=at)
    stale = Link.objects.filter(state=State.PENDING, reserved_at__lte=at - patience)
    for account_id, link_id in stale.values_list("account_id", "id")[:limit]:
        give_up_pending(account_id=account_id, link_id=link_id, at=at)
        log.info("pending_link_given_up link=%s", link_id)
    untold = Link.objects.filter(
        state=State.ENDED, agency_told_at=None, ended_at__lte=at - timedelta(minutes=10)
    ).order_by("ended_at")
    silent: set[str] = set()
    for account_id, link_id, agency in untold.values_list("account_id", "id", "agency")[:limit]:
        if agency in silent:
            continue
        try:
            tell_agency(account_id=account_id, link_id=link_id, at=at)
        except (exchange.AgencyUnavailable, exchange.AgencyTakesNoPart):
            silent.add(agency)
