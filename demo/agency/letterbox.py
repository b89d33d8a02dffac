# SPDX-License-Identifier: Apache-2.0
"""How a linking code, or a notice, reaches its owner: by mail, or on paper.

Paper, in the demo, is a page of the agency at `/letters/<token>`. The token is the same for a
record for ever, so that `demo.json` can say where a person's letters arrive. A code on such a
page is sealed with a key made from the agency's hash key: the register alone does not open it.
"""

import base64
import logging
import secrets
import smtplib
import sqlite3
import time
from dataclasses import dataclass
from datetime import datetime
from email.message import EmailMessage
from urllib.parse import urlsplit

from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305

from . import register, words
from .codes import IssuedCode
from .keys import AgencyKeys
from .settings import AgencySettings

log = logging.getLogger("demo.agency")


@dataclass(frozen=True)
class Delivery:
    """Where a code goes, and the mail that carries it (None: the letter is printed already)."""

    enquiry_id: str
    channel: str
    masked: str
    letter_url: str
    expires_at: datetime
    mail: EmailMessage | None


@dataclass(frozen=True)
class PrintedLetter:
    """What the letter page shows."""

    full_name: str
    street: str
    village: str
    city: str
    postcode: str
    kind: str
    code: str
    language: str
    printed_at: datetime
    expires_at: datetime | None

    @property
    def written_code(self) -> str:
        return group_code(self.code)


def letter_token(*, keys: AgencyKeys, record_ref: str) -> str:
    """The address of a record's letters; nobody can make one without the hash key."""
    digest = keys.keyed_hash("letterbox", record_ref)[:15]
    return f"{record_ref}-{base64.b32encode(digest).decode().lower()}"


def mask_email(email: str) -> str:
    """s***@s***.nusa"""
    user, _, host = email.partition("@")
    name, _, ending = host.rpartition(".")
    return f"{user[:1]}***@{name[:1]}***.{ending}"


def mask_address(street: str, city: str) -> str:
    """J*** M*** 1***, T***"""
    return ", ".join(" ".join(f"{word[0]}***" for word in part.split()) for part in (street, city))


def prepare_delivery(
    *,
    connection: sqlite3.Connection,
    settings: AgencySettings,
    keys: AgencyKeys,
    resident: sqlite3.Row,
    issued: IssuedCode,
    language: str,
    at: datetime,
) -> Delivery:
    """Write the mail or print the letter. A mail is sent by the caller, outside the transaction."""
    token = letter_token(keys=keys, record_ref=resident["ref"])
    enquiry_id = secrets.token_urlsafe(16)
    letter_url = f"{settings.public_url}/letters/{token}"
    if resident["email"]:
        return Delivery(
            enquiry_id=enquiry_id,
            channel="email",
            masked=mask_email(resident["email"]),
            letter_url=letter_url,
            expires_at=issued.expires_at,
            mail=_write_mail(
                settings=settings, to=resident["email"], issued=issued, language=language
            ),
        )
    sealed = _seal_code(keys, record_ref=resident["ref"], code=issued.code)
    connection.execute(
        "INSERT INTO letter (record_ref, kind, language, sealed_code, printed_at, expires_at)"
        " VALUES (?, 'code', ?, ?, ?, ?)",
        (
            resident["ref"],
            language,
            sealed,
            int(at.timestamp()),
            int(issued.expires_at.timestamp()),
        ),
    )
    return Delivery(
        enquiry_id=enquiry_id,
        channel="letter",
        masked=mask_address(resident["street"], resident["city"]),
        letter_url=letter_url,
        expires_at=issued.expires_at,
        mail=None,
    )


def get_letter(
    *, settings: AgencySettings, keys: AgencyKeys, token: str
) -> tuple[bool, PrintedLetter | None]:
    """Whether this is somebody's letterbox, and the newest letter in it."""
    record_ref = token.partition("-")[0]
    expected = letter_token(keys=keys, record_ref=record_ref)
    if not secrets.compare_digest(token.encode(), expected.encode()):
        return False, None
    with register.read_register(settings.register_path) as connection:
        row = connection.execute(
            "SELECT * FROM letter JOIN resident ON ref = record_ref WHERE record_ref = ?"
            " ORDER BY id DESC LIMIT 1",
            (record_ref,),
        ).fetchone()
    if row is None:
        return True, None
    return True, PrintedLetter(
        **{
            key: row[key]
            for key in ("full_name", "street", "village", "city", "postcode", "kind", "language")
        },
        code=_open_code(keys, record_ref=record_ref, sealed=row["sealed_code"]),
        printed_at=words.from_epoch(row["printed_at"]),
        expires_at=words.from_epoch(row["expires_at"]) if row["expires_at"] else None,
    )


def prepare_notice(
    *,
    connection: sqlite3.Connection,
    settings: AgencySettings,
    keys: AgencyKeys | None,
    record_ref: str,
    kind: str,
    at: datetime,
    pause_code: str = "",
    on_paper: bool = False,
) -> EmailMessage | None:
    """Tell the contact that the agency holds that its record was "linked" or "parted".

    Whoever else typed the code, the true owner hears of it. The notice names neither account nor
    device. A letter is printed here; a mail is for the caller to send. `keys` seal a pause code
    on paper. A mail speaks both languages: nobody asked its reader which one she reads.
    """
    resident = connection.execute(
        "SELECT email FROM resident WHERE ref = ?", (record_ref,)
    ).fetchone()
    if on_paper or not resident["email"]:
        connection.execute(
            "INSERT INTO letter (record_ref, kind, language, sealed_code, printed_at)"
            " VALUES (?, ?, 'id', ?, ?)",
            (
                record_ref,
                kind,
                _seal_code(keys, record_ref=record_ref, code=pause_code) if keys else None,
                int(at.timestamp()),
            ),
        )
        return None

    def write(language: str) -> str:
        return words.say(
            f"mail.{kind}_body",
            language,
            agency=settings.definition.name[language],
            day=words.write_date(at.date(), language),
            address=settings.definition.address,
            portal=settings.portal_host,
            code=group_code(pause_code),
        ).strip()

    return _compose(
        settings=settings,
        to=resident["email"],
        language="id",
        subject=words.say(f"mail.{kind}_subject", "id", agency=settings.definition.name["id"]),
        text=f"{write('id')}\n\n{settings.definition.name['id']}\n\n- - -\n\n{write('en')}\n\n"
        f"{settings.definition.name['en']}",
    )


def group_code(code: str) -> str:
    """In fours, as it is easiest to copy."""
    return " ".join(code[start : start + 4] for start in range(0, len(code), 4))


def _seal_code(keys: AgencyKeys, *, record_ref: str, code: str) -> bytes:
    nonce = secrets.token_bytes(12)
    cipher = ChaCha20Poly1305(_seal_key(keys, record_ref))
    return nonce + cipher.encrypt(nonce, code.encode(), record_ref.encode())


def _open_code(keys: AgencyKeys, *, record_ref: str, sealed: bytes | None) -> str:
    if sealed is None:
        return ""
    cipher = ChaCha20Poly1305(_seal_key(keys, record_ref))
    return cipher.decrypt(sealed[:12], sealed[12:], record_ref.encode()).decode()


def send_mail(*, settings: AgencySettings, mail: EmailMessage) -> bool:
    """Hand a mail to the mail server, in three tries. Never raises: the person can ask again."""
    if not settings.smtp_url:
        log.warning("code_mail_not_sent because=no_mail_server_is_set")
        return False
    for pause in (0.5, 2.0, 0.0):
        if try_mail(settings=settings, mail=mail):
            return True
        time.sleep(pause)
    return False


def try_mail(*, settings: AgencySettings, mail: EmailMessage, patience: float = 3) -> bool:
    """Hand a mail to the mail server once. False when it was not taken."""
    server = urlsplit(settings.smtp_url)
    try:
        with smtplib.SMTP(server.hostname or "", server.port or 25, timeout=patience) as smtp:
            smtp.send_message(mail)
    except (OSError, smtplib.SMTPException) as error:
        log.warning("mail_failed kind=%s", type(error).__name__)
        return False
    return True


def _write_mail(
    *, settings: AgencySettings, to: str, issued: IssuedCode, language: str
) -> EmailMessage:
    agency = settings.definition.name[language]
    return _compose(
        settings=settings,
        to=to,
        language=language,
        subject=words.say("mail.subject", language, agency=agency),
        text=words.say(
            "mail.body",
            language,
            agency=agency,
            code=issued.written,
            until=words.write_date(issued.expires_at.date(), language),
        ),
    )


def _compose(
    *, settings: AgencySettings, to: str, language: str, subject: str, text: str
) -> EmailMessage:
    definition = settings.definition
    mail = EmailMessage()
    mail["From"] = f'"{definition.name[language]}" <{definition.mail_from}>'
    mail["To"] = to
    mail["Subject"] = subject
    mail["Content-Language"] = language
    mail.set_content(text.strip() + "\n")
    return mail


def _seal_key(keys: AgencyKeys, record_ref: str) -> bytes:
    return keys.keyed_hash("letter-seal", record_ref)
