# SPDX-License-Identifier: Apache-2.0
"""Tell the owner of a record: through the contact that the agency holds, never through the new
account's own address, which is the thief's if there is one."""

import logging
from datetime import datetime, timedelta
from uuid import UUID

from procrastinate.contrib.django import app as jobs

from satupintu.dealings.exchange import actions as exchange
from satupintu.dealings.linking.models import Link, Notice
from satupintu.foundation import crypto
from satupintu.trust.accounts import actions as accounts
from satupintu.trust.accounts.queries import PauseCard

log = logging.getLogger(__name__)


def prepare_notice(*, link: Link, kind: str, at: datetime) -> None:
    """Keep a notice with a fresh pause code, and a job that carries it. Must run in the
    transaction of what it tells: there is no link without its warning."""
    code = accounts.make_pause_code(account_id=link.account_id, origin="link", about=link.id, at=at)
    notice = Notice.objects.create(
        account_id=link.account_id,
        link_id=link.id,
        agency=link.agency,
        kind=kind,
        pause_code_encrypted=crypto.encrypt(code),
        made_at=at,
    )
    _defer(notice.account_id, notice.id)


def _defer(account_id: UUID, notice_id: UUID) -> None:
    jobs.configure_task("satupintu.dealings.linking.tasks.tell_record_owner").defer(
        account_id=str(account_id), notice_id=str(notice_id)
    )


def tell_record_owner(*, account_id: UUID, notice_id: UUID, at: datetime) -> None:
    """Hand a notice to the agency. Idempotent; raises exchange.AgencyUnavailable."""
    notice = Notice.objects.filter(account_id=account_id, id=notice_id, taken_at=None).first()
    if notice is None:
        return
    link = Link.objects.get(account_id=account_id, id=notice.link_id)
    sent_to = exchange.send_notice(
        agency_slug=notice.agency,
        notice_id=notice.id,
        record_ref=crypto.decrypt(link.record_ref_encrypted),
        kind=notice.kind,
        pause_code=crypto.decrypt(notice.pause_code_encrypted),
        changes_wait_until=link.provisional_until,
        at=at,
    )
    if sent_to is None:
        log.error("record_owner_not_told agency=%s notice=%s", notice.agency, notice.id)
    Notice.objects.filter(account_id=account_id, id=notice_id).update(
        taken_at=at, pause_code_encrypted=""
    )


def tell_untold_owners(*, at: datetime, limit: int = 200) -> None:
    """Where a job's retries have stopped, go on: a warning is never given up. An agency that
    does not answer is left alone until the next sweep."""
    untold = Notice.objects.filter(taken_at=None, made_at__lte=at - timedelta(minutes=10))
    silent: set[str] = set()
    for account_id, notice_id, agency in untold.order_by("made_at").values_list(
        "account_id", "id", "agency"
    )[:limit]:
        if agency in silent:
            continue
        try:
            tell_record_owner(account_id=account_id, notice_id=notice_id, at=at)
        except (exchange.AgencyUnavailable, exchange.AgencyTakesNoPart):
            silent.add(agency)


def pause_link(account_id: UUID, pause: PauseCard, at: datetime) -> None:
    """The link that a letter was about stands still with its account. Called in the transaction
    of the pause."""
    if pause.origin == "link":
        Link.objects.filter(account_id=account_id, id=pause.about).update(
            paused_until=pause.ends_at
        )
