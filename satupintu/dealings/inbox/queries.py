# SPDX-License-Identifier: Apache-2.0
"""Read letters: a person's own, and for a sender whether its letter arrived."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.core.paginator import Page, Paginator
from django.db import connection
from django.db.models import Q, QuerySet
from django.db.models.functions import Substr
from django.http import HttpRequest

from satupintu.trust.agencies import queries as agencies
from satupintu.trust.agencies.queries import AgencyCard

from .models import Document, Message
from .rules import read_words

PAGE_SIZE = 20
WAITING_SHOWN = 3
_CHUNK = 256 * 1024


@dataclass(frozen=True)
class MessageCard:
    """A letter in a list."""

    id: UUID
    agency: AgencyCard
    title: str
    language: str
    received_at: datetime
    is_unread: bool
    has_document: bool


@dataclass(frozen=True)
class DocumentCard:
    """What is known of a document before it is opened."""

    name: str
    size: int
    sha256: str


@dataclass(frozen=True)
class MessageDetail:
    """A letter, open."""

    id: UUID
    agency: AgencyCard
    title: str
    body: str
    language: str
    received_at: datetime
    is_unread: bool
    is_archived: bool
    document: DocumentCard | None
    earlier: MessageCard | None


@dataclass(frozen=True)
class Delivery:
    """What a sender may know."""

    message_id: UUID
    received_at: datetime


@dataclass(frozen=True)
class Waiting:
    """How many letters are unread, and the newest of them."""

    count: int
    latest: tuple[MessageCard, ...]


_CARD_FIELDS = ("id", "agency", "title", "language", "received_at", "read_at", "has_document")


def _get_sender(slug: str) -> AgencyCard:
    """The sender of a letter, suspended or not. Raises LookupError when there never was one."""
    card = agencies.describe_agency(slug=slug)
    if card is None:
        # It joined a moment ago, and this process has not heard of it yet.
        agencies.forget_directory()
        card = agencies.describe_agency(slug=slug)
    if card is None:
        raise LookupError(slug)
    return card


def _make_cards(rows: Iterable[Message]) -> tuple[MessageCard, ...]:
    return tuple(
        MessageCard(
            id=row.id,
            agency=_get_sender(row.agency),
            title=row.title,
            language=row.language,
            received_at=row.received_at,
            is_unread=row.read_at is None,
            has_document=row.has_document,
        )
        for row in rows
    )


def count_unread(*, account_id: UUID) -> int:
    """From an index of unread letters alone: every page asks."""
    return Message.objects.filter(account_id=account_id, read_at=None).count()


def get_waiting(*, request: HttpRequest) -> Waiting:
    """What waits for the person of a request: one query, however often one page asks."""
    known = getattr(request, "_inbox_waiting", None)
    if known is None:
        account_id: UUID = request.user.pk  # type: ignore[assignment]
        # Written out because every page of a signed-in person pays for it.
        with connection.cursor() as cursor:
            cursor.execute(
                """
                SELECT COUNT(*) OVER () AS total,
                    id, agency, title, language, received_at, has_document
                FROM inbox_message WHERE account_id = %s AND read_at IS NULL
                ORDER BY id DESC LIMIT %s
                """,
                [account_id, WAITING_SHOWN],
            )
            found = cursor.fetchall()
        latest = tuple(
            MessageCard(
                id=message_id,
                agency=_get_sender(slug),
                title=title,
                language=language,
                received_at=received_at,
                is_unread=True,
                has_document=has_document,
            )
            for _total, message_id, slug, title, language, received_at, has_document in found
        )
        known = Waiting(count=found[0][0] if found else 0, latest=latest)
        request._inbox_waiting = known  # type: ignore[attr-defined]  # noqa: SLF001
    return known


def _search(rows: QuerySet[Message], typed: str) -> QuerySet[Message]:
    """Every word somewhere in title, text or the sender's name (a past sender's too).

    Parts of words count: "pajak" finds "perpajakan", and "1.250.000" finds "Rp1.250.000", which
    PostgreSQL's text search does not. Without an index on purpose: a person has hundreds of
    letters, so reading her own costs milliseconds, and no letter that comes pays for one.
    """
    words = read_words(typed)
    if not words:
        return rows.none() if typed.strip() else rows
    slugs = rows.order_by().values_list("agency", flat=True).distinct()
    senders = [_get_sender(slug) for slug in slugs]
    for word in words:
        named = [card.slug for card in senders if word in f"{card.name_id} {card.name_en}".lower()]
        rows = rows.filter(Q(title__icontains=word) | Q(body__icontains=word) | Q(agency__in=named))
    return rows


def get_page(
    *, account_id: UUID, number: int, search: str = "", is_archive: bool = False
) -> Page[MessageCard]:
    """Page `number` of the letters, newest first; the last one where there are fewer."""
    rows = Message.objects.filter(account_id=account_id, archived_at__isnull=not is_archive)
    rows = _search(rows, search)
    rows = rows.only("account_id", *_CARD_FIELDS).order_by("-id")
    page: Page[Any] = Paginator(rows, PAGE_SIZE).get_page(number)
    page.object_list = _make_cards(page.object_list)
    return page


def get_message(*, account_id: UUID, message_id: UUID) -> MessageDetail | None:
    """One of the person's own letters; anybody else's is not there."""
    row = Message.objects.filter(account_id=account_id, id=message_id).first()
    if row is None:
        return None
    earlier = (
        Message.objects.filter(account_id=account_id, id=row.in_reply_to) if row.in_reply_to else ()
    )
    return MessageDetail(
        id=row.id,
        agency=_get_sender(row.agency),
        title=row.title,
        body=row.body,
        language=row.language,
        received_at=row.received_at,
        is_unread=row.read_at is None,
        is_archived=row.archived_at is not None,
        document=_get_document(account_id=account_id, message_id=message_id)
        if row.has_document
        else None,
        earlier=next(iter(_make_cards(earlier)), None),
    )


def _get_document(*, account_id: UUID, message_id: UUID) -> DocumentCard | None:
    row = Document.objects.filter(account_id=account_id, message_id=message_id)
    values = row.values_list("name", "size", "sha256").first()
    return DocumentCard(*values) if values else None


@dataclass(frozen=True)
class DocumentStream:
    """A document and a way to read it piece by piece."""

    card: DocumentCard
    account_id: UUID
    message_id: UUID

    def __iter__(self) -> Iterator[bytes]:
        rows = Document.objects.filter(account_id=self.account_id, message_id=self.message_id)
        for start in range(1, self.card.size + 1, _CHUNK):
            piece = rows.values_list(Substr("content", start, _CHUNK), flat=True).first()
            if piece is None:
                raise ConnectionAbortedError("the document went away while it was read")
            yield bytes(piece)


def open_document(*, account_id: UUID, message_id: UUID) -> DocumentStream | None:
    """The PDF of one of the person's own letters. Never whole in memory."""
    card = _get_document(account_id=account_id, message_id=message_id)
    return None if card is None else DocumentStream(card, account_id, message_id)


def get_delivery(*, agency: str, message_id: UUID) -> Delivery | None:
    """For the sender: its own message, and only that it arrived."""
    row = Message.objects.filter(id=message_id, agency=agency).values_list("id", "received_at")
    found = row.first()
    return Delivery(*found) if found else None
