# SPDX-License-Identifier: Apache-2.0
"""Tell each agency how a link stands, until it has acknowledged."""

from datetime import datetime, timedelta
from uuid import UUID

from procrastinate.contrib.django import app as jobs

from satupintu.dealings.exchange import actions as exchange
from satupintu.dealings.protection.models import FrozenLink
from satupintu.trust.agencies import queries as agencies
from satupintu.trust.signin import queries as signin


def defer_telling(line: FrozenLink) -> None:
    """A job of the caller's transaction: there is no freeze that an agency never hears of."""
    jobs.configure_task("satupintu.dealings.protection.tasks.tell_agency").defer(
        account_id=str(line.account_id), frozen_link_id=str(line.id)
    )


def tell_agency(*, account_id: UUID, frozen_link_id: UUID, at: datetime) -> None:
    """Say how this link stands now, and note that it was heard. Never inside a transaction.

    Idempotent, and whichever of two jobs comes last says the newest. Raises AgencyUnavailable.
    """
    line = FrozenLink.objects.filter(account_id=account_id, id=frozen_link_id, heard_at=None)
    row = line.exclude(outcome=FrozenLink.Outcome.ENDED).first()
    if row is None:
        return
    agency = agencies.describe_agency(slug=row.agency)
    subject = signin.get_subject(account_id=account_id, sector=agency.sector) if agency else None
    is_frozen = row.outcome == ""
    if subject is not None:
        exchange.tell_standing(
            agency_slug=row.agency,
            subject=subject,
            link_id=row.link_id,
            standing="frozen" if is_frozen else "open",
            changed_at=row.changed_at,
            at=at,
        )
    heard = {"heard_at": at} | ({"freeze_heard_at": at} if is_frozen else {})
    # Only if it still stands as it was told.
    line.filter(changed_at=row.changed_at, outcome=row.outcome).update(**heard)


def tell_unheard(*, at: datetime, limit: int = 200) -> None:
    """Where a job's retries have stopped, go on: no agency is given up. One that does not answer
    is left alone until the next sweep."""
    unheard = FrozenLink.objects.filter(
        heard_at=None, changed_at__lte=at - timedelta(minutes=10)
    ).exclude(outcome=FrozenLink.Outcome.ENDED)
    silent: set[str] = set()
    for account_id, line_id, agency in unheard.order_by("changed_at").values_list(
        "account_id", "id", "agency"
    )[:limit]:
        if agency in silent:
            continue
        try:
            tell_agency(account_id=account_id, frozen_link_id=line_id, at=at)
        except (exchange.AgencyUnavailable, exchange.AgencyTakesNoPart):
            silent.add(agency)
