# SPDX-License-Identifier: Apache-2.0
"""Letters to people's inboxes at the portal: each written down first, then sent until accepted."""

import json
import time
import uuid
from collections.abc import Iterator
from datetime import datetime
from typing import Any

import httpx

from demo.people import list_people

from . import describe, register
from .keys import AgencyKeys
from .portal import Portal, PortalUnreachable, SignInRefused
from .settings import AgencySettings

TRIES = 5
FIRST_PAUSE_SECONDS = 0.5
LONGEST_PAUSE_SECONDS = 30.0


class NothingToSend(Exception):
    """Nobody to send to, or nothing to say."""


def find_record(*, settings: AgencySettings, who: str) -> str:
    """A record's reference, from itself or from a demo person's e-mail address."""
    if "@" not in who:
        return who
    known = [person for person in list_people() if settings.slug in person.agencies]
    for index, person in enumerate(known):
        if person.email == who:
            resident = describe.residents.make_resident(
                definition=settings.definition, seed=settings.seed, index=index, person=person
            )
            return resident.ref
    raise NothingToSend(f"No demo person known to {settings.slug} has that address.")


def send_letters(
    *,
    settings: AgencySettings,
    keys: AgencyKeys,
    who: str | None,
    title: str,
    body: str,
    document: bytes | None,
    language: str,
    at: datetime,
    only_unsent: bool = False,
) -> dict[str, Any]:
    """Send to one record's holder (`who`) or to every linked one; raises NothingToSend.

    A letter that failed stays and keeps its idempotency key: sending again cannot double it.
    """
    if not only_unsent:
        _write_letters(
            settings=settings,
            who=who,
            message={"title": title, "body": body, "language": language, "in_reply_to": None},
            document=document,
            at=at,
        )
    sender = Portal(settings=settings, keys=keys)
    sent: list[dict[str, str]] = []
    not_sent: list[dict[str, str]] = []
    with httpx.Client(timeout=20, trust_env=False) as http:
        for letter_id in list(_list_unsent(settings=settings)):
            outcome = _send_one(settings=settings, sender=sender, http=http, letter_id=letter_id)
            (sent if "id" in outcome else not_sent).append(outcome)
    return {"sent": sent, "not_sent": not_sent}


def _write_letters(
    *,
    settings: AgencySettings,
    who: str | None,
    message: dict[str, Any],
    document: bytes | None,
    at: datetime,
) -> None:
    if not message["title"] or not (message["body"] or document):
        raise NothingToSend("A letter needs a title, and a body or a PDF.")
    with register.open_register(settings.register_path) as connection:
        subjects = [
            row["subject"]
            for row in connection.execute(
                "SELECT subject FROM link WHERE record_ref = COALESCE(?, record_ref)",
                (find_record(settings=settings, who=who) if who else None,),
            )
        ]
        if not subjects:
            raise NothingToSend("No such record is joined to an account.")
        connection.executemany(
            "INSERT INTO outgoing (id, subject, message, document, written_at)"
            " VALUES (?, ?, ?, ?, ?)",
            [
                (
                    str(uuid.uuid4()),
                    subject,
                    json.dumps(message | {"subject": subject}, ensure_ascii=False),
                    document,
                    int(at.timestamp()),
                )
                for subject in subjects
            ],
        )


def _list_unsent(*, settings: AgencySettings) -> Iterator[str]:
    with register.read_register(settings.register_path) as connection:
        for row in connection.execute(
            "SELECT id FROM outgoing WHERE portal_id IS NULL AND given_up_because IS NULL"
            " ORDER BY written_at, id"
        ).fetchall():
            yield row["id"]


def _send_one(
    *, settings: AgencySettings, sender: Portal, http: httpx.Client, letter_id: str
) -> dict[str, str]:
    with register.read_register(settings.register_path) as connection:
        letter = connection.execute("SELECT * FROM outgoing WHERE id = ?", (letter_id,)).fetchone()
    pause = FIRST_PAUSE_SECONDS
    reason = "unreachable"
    for attempt in range(1, TRIES + 1):
        try:
            token = sender.get_access_token()
            answer = _post(
                settings=settings, http=http, token=token, letter_id=letter_id, letter=letter
            )
        except (httpx.HTTPError, PortalUnreachable) as error:
            reason = type(error).__name__
        except SignInRefused as error:
            reason = f"token refused: {error}"
        else:
            if answer.status_code in {200, 201}:
                portal_id = str(answer.json()["id"])
                _note(settings=settings, letter_id=letter_id, column="portal_id", value=portal_id)
                return {"letter": letter_id, "id": portal_id}
            reason = _read_reason(answer)
            if answer.status_code == 401:
                sender.forget_access_token()
            elif answer.status_code < 500 and answer.status_code != 429:
                # A "no" that another try would not change.
                _note(
                    settings=settings,
                    letter_id=letter_id,
                    column="given_up_because",
                    value=reason,
                )
                break
            pause = max(pause, _read_retry_after(answer))
        if attempt < TRIES:
            time.sleep(min(pause, LONGEST_PAUSE_SECONDS))
            pause *= 2
    return {"letter": letter_id, "reason": reason}


def _post(
    *, settings: AgencySettings, http: httpx.Client, token: str, letter_id: str, letter: Any
) -> httpx.Response:
    url = f"{settings.portal_issuer}/api/v1/messages"
    headers = {"Authorization": f"Bearer {token}", "Idempotency-Key": letter_id}
    message = json.loads(letter["message"])
    if letter["document"] is None:
        return http.post(url, json=message, headers=headers)
    if not message.get("body"):
        # A document may come without words; an empty word would be refused.
        message.pop("body", None)
    return http.post(
        url,
        headers=headers,
        data={"message": json.dumps(message, ensure_ascii=False)},
        files={"document": ("surat.pdf", letter["document"], "application/pdf")},
    )


def _note(*, settings: AgencySettings, letter_id: str, column: str, value: str) -> None:
    with register.open_register(settings.register_path) as connection:
        # The column is one of two names above, never anybody's input.
        connection.execute(
            f"UPDATE outgoing SET {column} = ? WHERE id = ?",  # noqa: S608
            (value, letter_id),
        )


def _read_reason(answer: httpx.Response) -> str:
    try:
        body = answer.json()
    except ValueError:
        body = None
    kind = str(body.get("type", "")) if isinstance(body, dict) else ""
    return f"{answer.status_code} {kind.rpartition(':')[2]}".strip()


def _read_retry_after(answer: httpx.Response) -> float:
    value = answer.headers.get("retry-after", "")
    return float(value) if value.isdigit() else 0.0
