# SPDX-License-Identifier: Apache-2.0
"""Finding a record, matching a code, joining and parting: everything the portal may ask for."""

import hashlib
import secrets
import sqlite3
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from email.message import EmailMessage

from . import codes, register
from .codes import IssuedCode
from .keys import AgencyKeys
from .letterbox import Delivery, prepare_delivery, prepare_notice
from .problems import Problem, no_match
from .settings import AgencySettings

MATCH_LIFETIME = timedelta(minutes=30)
WRONG_ANSWERS_ALLOWED = 5
CODES_A_DAY = 5
CLOSED_FOR = timedelta(hours=24)


@dataclass(frozen=True)
class Match:
    match_id: str
    record_hint: str
    record_ref: str


@dataclass(frozen=True)
class Linked:
    record_ref: str
    is_new: bool


def mask_name(full_name: str) -> str:
    """Enough for its owner to recognise, too little for anybody else."""
    return " ".join(f"{word[0]}***" for word in full_name.split())


def enquire(
    *,
    settings: AgencySettings,
    keys: AgencyKeys,
    answers: Mapping[str, str],
    language: str,
    at: datetime,
) -> Delivery:
    """Find the record that fits all answers and prepare its code; the caller delivers it after.

    Raises Problem `no_match`, or `closed` when this record's questions are closed. Answers are
    counted by the number typed, real or not: the count tells nobody that a record exists.
    """
    definition = settings.definition
    key = register.finding_key(definition=definition, answers=dict(answers))
    number_hash = keys.keyed_hash("enquiry", key.split("\x1f")[0]).hex()
    now = int(at.timestamp())
    with register.open_register(settings.register_path) as connection:
        retry_after = _seconds_closed(connection=connection, number_hash=number_hash, now=now)
        if retry_after:
            raise _closed(retry_after)
        # All questions at once: a record that fits in part looks like one that does not exist.
        rows = connection.execute(
            "SELECT ref, full_name, email, street, city FROM resident WHERE finding_key = ?", (key,)
        ).fetchall()
        found = len(rows) == 1
        connection.execute(
            "INSERT INTO enquiry (number_hash, made_at, found) VALUES (?, ?, ?)",
            (number_hash, now, int(found)),
        )
        connection.execute(
            "DELETE FROM enquiry WHERE made_at < ?", (now - 2 * int(CLOSED_FOR.total_seconds()),)
        )
        if found:
            issued = codes.issue_code(
                connection=connection, keys=keys, record_ref=rows[0]["ref"], at=at
            )
            delivery = prepare_delivery(
                connection=connection,
                settings=settings,
                keys=keys,
                resident=rows[0],
                issued=issued,
                language=language,
                at=at,
            )
        else:
            codes.spend_the_time_of_a_hit()
    if not found:
        raise no_match()
    return delivery


def _seconds_closed(*, connection: sqlite3.Connection, number_hash: str, now: int) -> int:
    for found, allowed in ((0, WRONG_ANSWERS_ALLOWED), (1, CODES_A_DAY)):
        row = connection.execute(
            "SELECT made_at FROM enquiry WHERE number_hash = ? AND found = ? AND made_at > ?"
            " ORDER BY made_at DESC LIMIT 1 OFFSET ?",
            (number_hash, found, now - int(CLOSED_FOR.total_seconds()), allowed - 1),
        ).fetchone()
        if row is None:
            continue
        last = connection.execute(
            "SELECT MAX(made_at) AS made_at FROM enquiry WHERE number_hash = ? AND found = ?",
            (number_hash, found),
        ).fetchone()
        return max(1, last["made_at"] + int(CLOSED_FOR.total_seconds()) - now)
    return 0


def _closed(retry_after: int) -> Problem:
    return Problem(
        status=429,
        code="closed",
        title="These questions are closed for now.",
        detail="Too many enquiries about one record. A code from a letter still works.",
        headers={"Retry-After": str(retry_after)},
        retry_after=retry_after,
    )


def match_code(*, settings: AgencySettings, keys: AgencyKeys, code: str, at: datetime) -> Match:
    """Say which record a code opens, without using it up. Raises Problem `no_match`."""
    now = int(at.timestamp())
    with register.read_register(settings.register_path) as connection:
        row = codes.find_open_code(connection=connection, keys=keys, typed=code, at=at)
        if row is None:
            raise no_match()
        resident = connection.execute(
            "SELECT full_name FROM resident WHERE ref = ?", (row["record_ref"],)
        ).fetchone()
    match_id = secrets.token_urlsafe(32)
    with register.open_register(settings.register_path) as connection:
        connection.execute("DELETE FROM match WHERE expires_at < ?", (now,))
        connection.execute(
            "INSERT INTO match (id_hash, code_id, record_ref, expires_at) VALUES (?, ?, ?, ?)",
            (
                _hash_match(match_id),
                row["id"],
                row["record_ref"],
                int((at + MATCH_LIFETIME).timestamp()),
            ),
        )
    return Match(
        match_id=match_id,
        record_hint=mask_name(resident["full_name"]),
        record_ref=row["record_ref"],
    )


def link_record(
    *, settings: AgencySettings, subject: str, match_id: str, link_id: str, at: datetime
) -> Linked:
    """Join subject and record and use up the record's codes, all or nothing.

    The same subject and link_id again answer what they answered first, for as long as the link
    stands. Raises Problem `subject_taken`, `record_taken` or `match_expired`.
    """
    now = int(at.timestamp())
    with register.open_register(settings.register_path) as connection:
        link = connection.execute("SELECT * FROM link WHERE subject = ?", (subject,)).fetchone()
        if link is not None and link["link_id"] == link_id:
            return Linked(record_ref=link["record_ref"], is_new=False)
        match = connection.execute(
            "SELECT match.record_ref, used_at FROM match JOIN linking_code ON id = code_id"
            " WHERE id_hash = ? AND match.expires_at > ?",
            (_hash_match(match_id), now),
        ).fetchone()
        if match is None:
            raise _match_expired()
        if link is not None:
            raise Problem(status=409, code="subject_taken", title="This subject holds a record.")
        if connection.execute(
            "SELECT 1 FROM link WHERE record_ref = ?", (match["record_ref"],)
        ).fetchone():
            raise Problem(status=409, code="record_taken", title="This record is joined already.")
        if match["used_at"] is not None:
            raise _match_expired()
        connection.execute(
            "INSERT INTO link (subject, record_ref, link_id, linked_at) VALUES (?, ?, ?, ?)",
            (subject, match["record_ref"], link_id, now),
        )
        # Its sisters too: a code that lies in a mailbox would otherwise open the record again.
        connection.execute(
            "UPDATE linking_code SET used_at = ? WHERE record_ref = ? AND used_at IS NULL",
            (now, match["record_ref"]),
        )
    return Linked(record_ref=match["record_ref"], is_new=True)


def unlink_record(*, settings: AgencySettings, subject: str, at: datetime) -> EmailMessage | None:
    """Part subject and record, and end the subject's visits here. Unknown subjects are fine.

    Answers the mail that tells the record's contact, if there is one to send.
    """
    with register.open_register(settings.register_path) as connection:
        parted = connection.execute(
            "DELETE FROM link WHERE subject = ? RETURNING record_ref", (subject,)
        ).fetchall()
        connection.execute("DELETE FROM visit WHERE subject = ?", (subject,))
        if not parted:
            return None
        return prepare_notice(
            connection=connection,
            settings=settings,
            keys=None,
            record_ref=parted[0]["record_ref"],
            kind="parted",
            at=at,
        )


def set_standing(
    *, settings: AgencySettings, subject: str, link_id: str, standing: str, changed_at: int
) -> str:
    """Freeze a link, or open it again; the newest word counts. Answers how it stands now.

    A frozen one ends the subject's visits here, in the same transaction. Payments, cover and
    appointments are untouched. Raises Problem `unknown_link`.
    """
    with register.open_register(settings.register_path) as connection:
        held = connection.execute(
            "SELECT 1 FROM link WHERE subject = ? AND link_id = ?", (subject, link_id)
        ).fetchone()
        if held is None:
            raise Problem(status=404, code="unknown_link", title="There is no such link.")
        connection.execute(
            "INSERT INTO standing (link_id, standing, changed_at) VALUES (?, ?, ?)"
            " ON CONFLICT (link_id) DO UPDATE SET standing = excluded.standing,"
            " changed_at = excluded.changed_at WHERE excluded.changed_at > standing.changed_at",
            (link_id, standing, changed_at),
        )
        now = connection.execute(
            "SELECT standing FROM standing WHERE link_id = ?", (link_id,)
        ).fetchone()["standing"]
        if now == "frozen":
            connection.execute("DELETE FROM visit WHERE subject = ?", (subject,))
    return str(now)


def issue_code_for(
    *,
    settings: AgencySettings,
    keys: AgencyKeys,
    record_ref: str,
    language: str,
    at: datetime,
    silent: bool = False,
) -> tuple[IssuedCode, Delivery | None] | None:
    """A fresh code for a record, with its letter or mail prepared; None for an unknown record.

    A silent one goes nowhere: whoever asked has to hand it over.
    """
    with register.open_register(settings.register_path) as connection:
        resident = connection.execute(
            "SELECT ref, full_name, email, street, city FROM resident WHERE ref = ?", (record_ref,)
        ).fetchone()
        if resident is None:
            return None
        issued = codes.issue_code(connection=connection, keys=keys, record_ref=record_ref, at=at)
        if silent:
            return issued, None
        delivery = prepare_delivery(
            connection=connection,
            settings=settings,
            keys=keys,
            resident=resident,
            issued=issued,
            language=language,
            at=at,
        )
    return issued, delivery


def _hash_match(match_id: str) -> str:
    return hashlib.sha256(match_id.encode()).hexdigest()


def _match_expired() -> Problem:
    return Problem(
        status=410,
        code="match_expired",
        title="This match is over.",
        detail="It was used, or is older than 30 minutes. Match the code again.",
    )
