# SPDX-License-Identifier: Apache-2.0
"""A person's own log, a page at a time. A page costs the same however long the log is: it begins
where the last one ended (a cursor), and nothing is counted."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from django.db.models import Q, QuerySet
from django.db.models.expressions import RawSQL

from satupintu.foundation.audit.models import AccessRecord


@dataclass(frozen=True)
class Wanted:
    """Which lines; everything where nothing is said. `agencies` are slugs that the search word
    fits, because a log holds no names."""

    agency: str | None = None
    purposes: tuple[str, ...] = ()
    other_than: tuple[str, ...] = ()
    since: datetime | None = None
    before: datetime | None = None
    search: str = ""
    agencies: tuple[str, ...] = field(default=())


@dataclass(frozen=True)
class Cursor:
    """The place of one line: its moment and its id."""

    at: datetime
    id: UUID


@dataclass(frozen=True)
class Page:
    """Lines, newest first, and whether there are some beyond either end."""

    lines: tuple[AccessRecord, ...]
    has_newer: bool
    has_older: bool


def get_page(
    *,
    account_id: UUID,
    wanted: Wanted,
    older_than: Cursor | None = None,
    newer_than: Cursor | None = None,
    limit: int,
    at: datetime,
) -> Page:
    """The newest lines, or those next to a cursor. Leaves out what is sealed at `at`."""
    rows = _narrow(_visible(account_id=account_id, at=at), wanted)
    if newer_than is not None:
        found = list(
            _beyond(rows, newer_than, sign=">", bound=Q(at__gte=newer_than.at)).order_by(
                "at", "id"
            )[: limit + 1]
        )
        return Page(tuple(found[:limit][::-1]), has_newer=len(found) > limit, has_older=True)
    if older_than is not None:
        rows = _beyond(rows, older_than, sign="<", bound=Q(at__lte=older_than.at))
    found = list(rows.order_by("-at", "-id")[: limit + 1])
    return Page(
        tuple(found[:limit]), has_newer=older_than is not None, has_older=len(found) > limit
    )


def get_line(*, account_id: UUID, access_id: UUID, at: datetime) -> AccessRecord | None:
    """One line of this person's own, unless it is sealed."""
    return _visible(account_id=account_id, at=at).filter(id=access_id).first()


def iterate_lines(*, account_id: UUID, at: datetime, batch: int = 500) -> Iterator[AccessRecord]:
    """All of them, newest first, a batch in memory at a time."""
    cursor = None
    while True:
        page = get_page(
            account_id=account_id, wanted=Wanted(), older_than=cursor, limit=batch, at=at
        )
        yield from page.lines
        if not page.has_older:
            return
        cursor = Cursor(at=page.lines[-1].at, id=page.lines[-1].id)


def _visible(*, account_id: UUID, at: datetime) -> QuerySet[AccessRecord]:
    return AccessRecord.objects.filter(
        Q(sealed_until=None) | Q(sealed_until__lte=at), account_id=account_id
    )


def _beyond(
    rows: QuerySet[AccessRecord], cursor: Cursor, *, sign: str, bound: Q
) -> QuerySet[AccessRecord]:
    # The bound lets the index begin at the cursor; the pair of both decides between equals.
    beyond = RawSQL(f"(at, id) {sign} (%s, %s)", [cursor.at, cursor.id])  # noqa: S611
    return rows.filter(bound).alias(beyond=beyond).filter(beyond=True)


def _narrow(rows: QuerySet[AccessRecord], wanted: Wanted) -> QuerySet[AccessRecord]:
    if wanted.agency is not None:
        rows = rows.filter(actor_agency=wanted.agency)
    if wanted.purposes:
        rows = rows.filter(purpose_code__in=wanted.purposes)
    if wanted.other_than:
        rows = rows.exclude(purpose_code__in=wanted.other_than)
    if wanted.since is not None:
        rows = rows.filter(at__gte=wanted.since)
    if wanted.before is not None:
        rows = rows.filter(at__lt=wanted.before)
    if wanted.search:
        rows = rows.filter(
            Q(words_id__icontains=wanted.search)
            | Q(words_en__icontains=wanted.search)
            | Q(legal_basis__icontains=wanted.search)
            | Q(actor_agency__in=wanted.agencies)
        )
    return rows
