# SPDX-License-Identifier: Apache-2.0
"""Everything that changes a letter. Nothing else in the product writes one."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

import psycopg
from django.core.mail import EmailMessage
from django.db import connection, transaction
from django.utils import translation
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from satupintu.dealings.linking import queries as linking
from satupintu.foundation.errors import Refusal
from satupintu.foundation.ids import new_id
from satupintu.foundation.outbox import actions as outbox
from satupintu.trust.accounts import queries as accounts
from satupintu.trust.agencies import queries as agencies
from satupintu.trust.signin import queries as signin

from .documents import SafeDocument
from .models import AcceptedKey, Message
from .rules import Letter, fingerprint_letter


class AgencySuspended(Refusal):
    code = "agency_suspended"
    message = _("This agency may send no messages at present.")
    status = 403


class UnknownSubject(Refusal):
    code = "unknown_subject"
    message = _("Nobody is known to you by this subject.")
    status = 404


class LinkWaits(Refusal):
    """The link is provisional, or its record's own contact said that it is not hers, or somebody
    proved it more strongly: the agency writes as it did before (safety rules 9 to 11)."""

    code = "link_waits"
    message = _(
        "This person's link may not be used at present. Nothing was stored. Send this letter its "
        "earlier way: to the address that you held before."
    )
    status = 409


class UnknownEarlierMessage(Refusal):
    code = "unknown_in_reply_to"
    message = _("in_reply_to names no message of yours to this person.")


class KeyReused(Refusal):
    code = "idempotency_key_reused"
    message = _("This Idempotency-Key was used for another message.")
    status = 409


@dataclass(frozen=True)
class Sender:
    """Who speaks, as the access token says."""

    client_id: str
    agency: str
    sector: str


@dataclass(frozen=True)
class Receipt:
    """What the sender is told. `is_replay`: the message was there already."""

    message_id: UUID
    received_at: datetime
    is_replay: bool


# One statement: either this key is new and the letter is there, or neither row is. Of two
# transactions with one key, the later waits for the earlier and then inserts nothing.
_INSERT_UNDER_NEW_KEY = """
    WITH claimed AS (
        INSERT INTO inbox_accepted_key
            (client_id, key, fingerprint, account_id, message_id, received_at)
        VALUES (%s, %s, %s, %s, %s, %s)
        ON CONFLICT (client_id, key) DO NOTHING
        RETURNING account_id, message_id, received_at
    )
    INSERT INTO inbox_message
        (account_id, id, received_at, agency, title, body, language, in_reply_to, has_document)
    SELECT account_id, message_id, received_at, %s, %s, %s, %s, %s::uuid, %s FROM claimed
"""
_INSERT_DOCUMENT = """
    INSERT INTO inbox_document (account_id, message_id, name, size, sha256, content, content_type)
    VALUES (%s, %s, %s, %s, %s, %s, 'application/pdf')
"""


@transaction.atomic
def accept_message(
    *,
    sender: Sender,
    key: str,
    subject: str,
    letter: Letter,
    document: SafeDocument | None = None,
    at: datetime,
) -> Receipt:
    """Put a letter into a person's inbox, once for each key of a client.

    Raises AgencySuspended, UnknownSubject, LinkWaits, UnknownEarlierMessage or KeyReused; then nothing is
    stored, and the key stays free. The caller answers 2xx only after this has returned outside
    any other transaction: that is the commit.
    """
    account_id = _find_recipient(sender=sender, subject=subject, at=at)
    if letter.in_reply_to is not None and not _has_message(
        account_id=account_id, message_id=letter.in_reply_to, agency=sender.agency
    ):
        raise UnknownEarlierMessage
    fingerprint = fingerprint_letter(
        letter=letter,
        subject=subject,
        document_sha256=document.sha256 if document else "",
        document_name=document.name if document else "",
    )
    message_id = new_id()
    inserted = _count_inserted(
        _INSERT_UNDER_NEW_KEY,
        *(sender.client_id, key, fingerprint, account_id, message_id, at),
        *(sender.agency, letter.title, letter.body, letter.language),
        *(letter.in_reply_to, document is not None),
    )
    if not inserted:
        return _repeat_receipt(client_id=sender.client_id, key=key, fingerprint=fingerprint)
    if document is not None:
        _count_inserted(
            _INSERT_DOCUMENT,
            *(account_id, message_id, document.name, len(document.content)),
            *(document.sha256, document.content),
        )
    outbox.publish(
        "inbox.message_received",
        {"account_id": str(account_id), "message_id": str(message_id)},
        at=at,
    )
    return Receipt(message_id=message_id, received_at=at, is_replay=False)


def find_receipt(
    *,
    sender: Sender,
    key: str,
    subject: str,
    letter: Letter,
    document_name: str,
    document_sha256: str,
    at: datetime,
) -> Receipt | None:
    """What a letter's document need not be looked into for, which costs seconds: the receipt
    when it was accepted before, None when it is new.

    Raises AgencySuspended, UnknownSubject, LinkWaits or KeyReused.
    """
    _find_recipient(sender=sender, subject=subject, at=at)
    if not AcceptedKey.objects.filter(client_id=sender.client_id, key=key).exists():
        return None
    fingerprint = fingerprint_letter(
        letter=letter,
        subject=subject,
        document_sha256=document_sha256,
        document_name=document_name,
    )
    return _repeat_receipt(client_id=sender.client_id, key=key, fingerprint=fingerprint)


def _find_recipient(*, sender: Sender, subject: str, at: datetime) -> UUID:
    if agencies.get_agency(slug=sender.agency) is None:
        raise AgencySuspended
    account_id = signin.get_account_of_subject(sector=sender.sector, subject=subject)
    # Agencies of one sector share a subject, and a person who unlinked was promised no new
    # letters: only a link as it stands now makes her known to this agency.
    if account_id is None:
        raise UnknownSubject
    standing = linking.get_standing(account_id=account_id, agency_slug=sender.agency, at=at)
    if standing is None:
        raise UnknownSubject
    if not standing.is_open:
        raise LinkWaits
    return account_id


def _count_inserted(statement: str, *values: object) -> int:
    """Run an insert and say how many rows it made.

    The values travel beside the statement, not inside it as Django would write them: PostgreSQL
    logs a statement that fails, and no letter may stand in a log. A PDF travels as it is, too.
    """
    connection.ensure_connection()
    with connection.wrap_database_errors, psycopg.Cursor(connection.connection) as cursor:
        return cursor.execute(statement, values).rowcount


def _has_message(*, account_id: UUID, message_id: UUID, agency: str) -> bool:
    return Message.objects.filter(account_id=account_id, id=message_id, agency=agency).exists()


def _repeat_receipt(*, client_id: str, key: str, fingerprint: str) -> Receipt:
    accepted = AcceptedKey.objects.get(client_id=client_id, key=key)
    if accepted.fingerprint != fingerprint:
        raise KeyReused
    return Receipt(message_id=accepted.message_id, received_at=accepted.received_at, is_replay=True)


def mark_read(*, account_id: UUID, message_id: UUID, at: datetime) -> None:
    """Remember the first reading. Reading again changes nothing; the sender is never told."""
    Message.objects.filter(account_id=account_id, id=message_id, read_at=None).update(read_at=at)


@transaction.atomic
def archive_message(*, account_id: UUID, message_id: UUID, at: datetime) -> bool:
    """Put a letter away; what is put away counts as read. False when there is none such.
    Idempotent."""
    mark_read(account_id=account_id, message_id=message_id, at=at)
    letters = Message.objects.filter(account_id=account_id, id=message_id)
    letters.filter(archived_at=None).update(archived_at=at)
    return letters.exists()


def restore_message(*, account_id: UUID, message_id: UUID) -> bool:
    """Bring a letter back to the list. False when there is none such. Idempotent."""
    found = Message.objects.filter(account_id=account_id, id=message_id).update(archived_at=None)
    return found == 1


def announce_message(*, account_id: UUID, message_id: UUID, at: datetime) -> None:
    """Send the e-mail that says a letter came, and from whom: no link, no content.

    Call from a task only, outside transactions. Once sent, or once the letter was read, it is
    not sent again; a worker that dies between sending and marking sends it twice.
    """
    letters = Message.objects.filter(
        account_id=account_id, id=message_id, announced_at=None, read_at=None
    )
    slug = letters.values_list("agency", flat=True).first()
    contact = accounts.get_contact(account_id=account_id)
    agency = agencies.describe_agency(slug=slug) if slug else None
    if agency is None or contact is None:
        return
    with translation.override(contact.language):
        words = {"agency": agency.name}
        mail = EmailMessage(
            subject=gettext("You have a message from %(agency)s") % words,
            body=gettext(
                "You have a message from %(agency)s.\n\n"
                "To read it, open Satu Pintu the way you always do. "
                "This e-mail has no link, so that nobody can lead you to a false one.\n"
            )
            % words,
            to=[contact.email],
            headers={"Auto-Submitted": "auto-generated"},
        )
    mail.send()
    letters.update(announced_at=at)


def sweep_accepted_keys(*, older_than: timedelta, at: datetime) -> int:
    """Forget idempotency keys whose time is over, and say how many."""
    count, _by_model = AcceptedKey.objects.filter(received_at__lt=at - older_than).delete()
    return count
