# SPDX-License-Identifier: Apache-2.0
"""What the portal asks us to tell the owner of a record, through the contact that we hold.

A notice is *taken* only once it is on its way: a mail that the mail server has accepted, or a
letter that is printed. Until then the portal asks again.
"""

import re
import sqlite3
from dataclasses import dataclass
from datetime import datetime

from . import register
from .keys import AgencyKeys
from .letterbox import mask_address, mask_email, prepare_notice, try_mail
from .problems import Problem
from .settings import AgencySettings

KINDS = ("linked",)
# As the portal writes it, without spaces.
PAUSE_CODE = re.compile(r"[0-9A-HJKMNP-TV-Z]{20}")


@dataclass(frozen=True)
class Taken:
    channel: str
    masked: str
    is_new: bool


def take_notice(
    *,
    settings: AgencySettings,
    keys: AgencyKeys,
    notice_id: str,
    record_ref: str,
    kind: str,
    pause_code: str,
    at: datetime,
    changes_wait_until: datetime | None = None,
) -> Taken:
    """Tell the record's contact, once for each `notice_id`.

    Raises Problem `unknown_record`, or `contact_unreachable` (503) when the mail server takes
    nothing; then the notice is not taken.
    """
    with register.read_register(settings.register_path) as connection:
        taken = _find(connection, notice_id)
        resident = connection.execute(
            "SELECT email, street, city FROM resident WHERE ref = ?", (record_ref,)
        ).fetchone()
    if taken is not None:
        return taken
    if resident is None:
        raise Problem(status=404, code="unknown_record", title="There is no such record.")
    if changes_wait_until is not None:
        with register.open_register(settings.register_path) as connection:
            connection.execute(
                "UPDATE link SET changes_wait_until = ? WHERE record_ref = ?",
                (int(changes_wait_until.timestamp()), record_ref),
            )
    by_mail = bool(resident["email"] and settings.smtp_url)
    with register.open_register(settings.register_path) as connection:
        mail = prepare_notice(
            connection=connection,
            settings=settings,
            keys=keys,
            record_ref=record_ref,
            kind=kind,
            pause_code=pause_code,
            on_paper=not by_mail,
            at=at,
        )
        if mail is None:
            return _keep(connection, notice_id, record_ref, "letter", resident, at=at)
    # Outside of the transaction: a mail server may be slow.
    if not try_mail(settings=settings, mail=mail):
        raise Problem(
            status=503,
            code="contact_unreachable",
            title="The mail server takes nothing right now.",
            headers={"Retry-After": "60"},
        )
    with register.open_register(settings.register_path) as connection:
        return _keep(connection, notice_id, record_ref, "email", resident, at=at)


def _find(connection: sqlite3.Connection, notice_id: str) -> Taken | None:
    row = connection.execute(
        "SELECT channel, masked FROM notice WHERE id = ?", (notice_id,)
    ).fetchone()
    return None if row is None else Taken(row["channel"], row["masked"], is_new=False)


def _keep(
    connection: sqlite3.Connection,
    notice_id: str,
    record_ref: str,
    channel: str,
    resident: sqlite3.Row,
    *,
    at: datetime,
) -> Taken:
    masked = (
        mask_email(resident["email"])
        if channel == "email"
        else mask_address(resident["street"], resident["city"])
    )
    connection.execute(
        "INSERT INTO notice (id, record_ref, channel, masked, taken_at) VALUES (?, ?, ?, ?, ?)"
        " ON CONFLICT DO NOTHING",
        (notice_id, record_ref, channel, masked, int(at.timestamp())),
    )
    return Taken(channel, masked, is_new=True)
