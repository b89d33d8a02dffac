# SPDX-License-Identifier: Apache-2.0
"""Read links and proofs in progress. Nothing here calls an agency."""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import connection
from django.urls import reverse

from satupintu.foundation import crypto
from satupintu.foundation.throttle import actions as throttle
from satupintu.trust.agencies import queries as agencies
from satupintu.trust.agencies.queries import AgencyCard
from satupintu.trust.rulebook import queries as rulebook
from satupintu.trust.signin.queries import Passage

from .models import Link, LinkAttempt
from .rules import (
    Marks,
    Route,
    Standing,
    State,
    Step,
    Use,
    decide_standing,
    find_end,
    list_uses,
)

LIVE = (State.PENDING, State.ACTIVE)


@dataclass(frozen=True)
class StandingCard:
    """How a link that is joined stands at a moment, and what its agency may do by way of it."""

    standing: Standing
    until: datetime | None  # where the end is known beforehand
    uses: frozenset[Use]

    @property
    def is_open(self) -> bool:
        """It gives an agency all that a link gives."""
        return self.uses == frozenset(Use)


@dataclass(frozen=True)
class LinkCard:
    """A person's link to an agency. `state` is "pending" (not finished) or "active"."""

    id: UUID
    agency: AgencyCard
    state: str
    reserved_at: datetime
    linked_at: datetime | None
    marks: Marks = field(default_factory=Marks)

    @property
    def is_active(self) -> bool:
        return self.state == State.ACTIVE

    def stand(self, at: datetime) -> StandingCard:
        """How it stands; asked of one that is joined."""
        return describe_standing(self.marks, agency_slug=self.agency.slug, at=at)


@dataclass(frozen=True)
class AttemptCard:
    """A proof in progress, as its owner may see it."""

    id: UUID
    route: Route
    sent_channel: str
    sent_masked: str
    record_hint: str
    is_matched: bool
    expires_at: datetime


def list_links(*, account_id: UUID) -> tuple[LinkCard, ...]:
    """Links that stand or are not finished, oldest first. One query. Links to suspended agencies
    are among them: `card.agency.is_suspended`."""
    # Written out because every home page pays for it.
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT id, agency, state, reserved_at, linked_at, provisional_until, held_at,
                paused_until, frozen_at
            FROM linking_link
            WHERE account_id = %s AND state IN (%s, %s) ORDER BY reserved_at
            """,
            [account_id, *(state.value for state in LIVE)],
        )
        cards = [
            _make_card(link_id, slug, state, reserved_at, linked_at, Marks(*marks))
            for link_id, slug, state, reserved_at, linked_at, *marks in cursor
        ]
    return tuple(card for card in cards if card is not None)


def get_link(*, account_id: UUID, agency_slug: str) -> LinkCard | None:
    """The one link that stands, or is not finished, between a person and an agency."""
    row = Link.objects.filter(account_id=account_id, agency=agency_slug, state__in=LIVE).first()
    return None if row is None else _describe(row)


def get_standing(*, account_id: UUID, agency_slug: str, at: datetime) -> StandingCard | None:
    """How the link between a person and an agency stands; None where none is joined. One query."""
    # Written out because every letter pays for it.
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT provisional_until, held_at, paused_until, frozen_at
            FROM linking_link
            WHERE account_id = %s AND agency = %s AND state = %s
            """,
            [account_id, agency_slug, State.ACTIVE.value],
        )
        row = cursor.fetchone()
    return None if row is None else describe_standing(Marks(*row), agency_slug=agency_slug, at=at)


def describe_standing(marks: Marks, *, agency_slug: str, at: datetime) -> StandingCard:
    """What a link's marks mean at a moment. No query."""
    standing = decide_standing(marks, at=at)
    return StandingCard(
        standing=standing,
        until=find_end(marks, standing),
        uses=list_uses(
            standing,
            serves_provisional=standing is Standing.PROVISIONAL
            and _serves_provisional(agency_slug),
        ),
    )


# What the statement that loads a person's account brings along (accounts/backend.py): her links on
# which something rests. So each sign-in to an agency knows how the link stands, fresh, and none
# pays a statement for it.
MARKED_LINKS = """
    SELECT json_agg(json_build_array(agency, state, extract(epoch FROM provisional_until),
        extract(epoch FROM held_at), extract(epoch FROM paused_until),
        extract(epoch FROM frozen_at)))
    FROM linking_link WHERE account_id = accounts_account.id AND state IN ('pending', 'active')
        AND (state = 'pending' OR provisional_until IS NOT NULL OR held_at IS NOT NULL
            OR paused_until IS NOT NULL OR frozen_at IS NOT NULL)
"""
MARKED = "marked_links"


def read_passage(*, account_id: UUID, agency_slug: str, at: datetime, user: Any = None) -> Passage:
    """Whether a person may go on to an agency now, for the provider: by the statement that loaded
    her (`request.user`), or by one of its own where she is not there. Somebody without a link may;
    the agency then knows nobody. By a link that is not finished she may not: the agency may have
    joined the record already."""
    # `request.user` is a lazy object around the account.
    loaded = {} if user is None else vars(getattr(user, "_wrapped", user))
    if MARKED in loaded:
        state, marks = next(
            (
                (state, Marks(*map(_read_epoch, each)))
                for slug, state, *each in loaded[MARKED] or ()
                if slug == agency_slug
            ),
            (State.ACTIVE, Marks()),
        )
    else:
        row = Link.objects.filter(account_id=account_id, agency=agency_slug, state__in=LIVE).first()
        state, marks = (row.state, row.marks) if row else (State.ACTIVE, Marks())
    page = reverse("linking:agency", kwargs={"slug": agency_slug})
    if state == State.PENDING:
        return Passage(is_open=False, page=page)
    card = describe_standing(marks, agency_slug=agency_slug, at=at)
    if Use.SIGN_ON not in card.uses:
        return Passage(is_open=False, waits_until=card.until, page=page)
    if card.standing is Standing.PROVISIONAL:
        return Passage(is_open=True, changes_wait_until=card.until)
    return Passage(is_open=True)


def _read_epoch(stored: float | None) -> datetime | None:
    return None if stored is None else datetime.fromtimestamp(stored, tz=UTC)


def get_identity_level(*, account_id: UUID, link_id: UUID) -> int:
    """How well we knew a person when she made this link, 0 to 3; 0 for a link that is none."""
    rows = Link.objects.filter(account_id=account_id, id=link_id)
    return rows.values_list("identity_level", flat=True).first() or 0


def _serves_provisional(agency_slug: str) -> bool:
    agency = agencies.describe_agency(slug=agency_slug)
    return agency is not None and agency.serves_provisional


def _describe(row: Link) -> LinkCard | None:
    return _make_card(row.id, row.agency, row.state, row.reserved_at, row.linked_at, row.marks)


def _make_card(
    link_id: UUID,
    slug: str,
    state: str,
    reserved_at: datetime,
    linked_at: datetime | None,
    marks: Marks,
) -> LinkCard | None:
    agency = agencies.describe_agency(slug=slug)
    if agency is None:
        return None
    return LinkCard(
        id=link_id,
        agency=agency,
        state=state,
        reserved_at=reserved_at,
        linked_at=linked_at,
        marks=marks,
    )


def get_attempt(*, account_id: UUID, agency_slug: str, at: datetime) -> AttemptCard | None:
    """The proof in progress; None where there is none or its time is over."""
    row = LinkAttempt.objects.filter(
        account_id=account_id, agency=agency_slug, expires_at__gt=at
    ).first()
    if row is None:
        return None
    return AttemptCard(
        id=row.id,
        route=Route(row.route),
        sent_channel=row.sent_channel,
        sent_masked=_reveal(row.sent_masked_encrypted),
        record_hint=_reveal(row.record_hint_encrypted),
        is_matched=row.is_matched,
        expires_at=row.expires_at,
    )


def _reveal(encrypted: str) -> str:
    return crypto.decrypt(encrypted) if encrypted else ""


def get_pending_end(*, link: LinkCard, at: datetime) -> datetime:
    """When a link that nobody finishes is cleared away."""
    patience = rulebook.get_duration("linking.pending_lifetime", agency=link.agency.slug, at=at)
    return link.reserved_at + patience


def get_longest_wait(*, agency_slug: str, at: datetime) -> timedelta:
    """After how long a way that is closed now is open again, at the latest."""
    return rulebook.get_duration("linking.closed_for", agency=agency_slug, at=at)


def list_open_routes(
    *, account_id: UUID, device_key: str, agency_slug: str, at: datetime
) -> frozenset[Route]:
    """The ways that are not used up, as far as the portal counts."""
    used_up = {
        step.route
        for step in Step
        if count_tries_left(
            account_id=account_id,
            device_key=device_key,
            agency_slug=agency_slug,
            step=step,
            at=at,
        )
        <= 0
    }
    return frozenset(Route) - used_up


def count_tries_left(
    *, account_id: UUID, device_key: str, agency_slug: str, step: Step, at: datetime
) -> int:
    """Wrong tries that this person has left on this device, for one step at one agency."""
    return min(
        counter.limit - throttle.get_count(scope=counter.scope, key=counter.key, at=at)
        for counter in list_counters(
            account_id=account_id,
            device_key=device_key,
            agency_slug=agency_slug,
            step=step,
            at=at,
        )
    )


@dataclass(frozen=True)
class Counter:
    """One counter of wrong tries, and how many it allows before its route closes."""

    scope: str
    key: str
    limit: int


def list_counters(
    *, account_id: UUID, device_key: str, agency_slug: str, step: Step, at: datetime
) -> tuple[Counter, Counter]:
    """Account with device, and account alone. The second is wider: a new device is no new
    beginning, and yet whoever tries on a stolen device does not close the owner's own at once."""
    where = f"{account_id} {agency_slug} {step}"
    return (
        Counter(
            scope="linking.device",
            key=f"{where} {device_key}",
            limit=rulebook.get_integer("linking.wrong_tries", agency=agency_slug, at=at),
        ),
        Counter(
            scope="linking.account",
            key=where,
            limit=rulebook.get_integer(
                "linking.wrong_tries_all_devices", agency=agency_slug, at=at
            ),
        ),
    )
