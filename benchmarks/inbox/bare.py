# SPDX-License-Identifier: Apache-2.0
"""The peer: what the portal does for a message, in as little Python as can be.

The token by the portal's own query, the person by her subject, and the portal's five rows in one
transaction. No OpenAPI, no problems, no limits, no escape from a wrong body.
"""

import hashlib
import json
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime

import psycopg
from psycopg.types.json import Jsonb
from psycopg_pool import AsyncConnectionPool
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from satupintu.foundation.ids import new_id

TOKEN = """
    SELECT token_hash, client_id, account_id, grant_id, subject, scope, issued_at, expires_at,
           revoked_at
    FROM signin_access_token
    WHERE token_hash = %s AND expires_at > %s AND revoked_at IS NULL
"""
AGENCY = """
    SELECT agency.slug, agency.sector FROM agencies_client AS client
    JOIN agencies_agency AS agency ON agency.id = client.agency_id WHERE client.client_id = %s
"""
PERSON = "SELECT account_id FROM signin_subject WHERE sector = %s AND subject = %s"
KEY = """
    INSERT INTO inbox_accepted_key
        (client_id, key, fingerprint, account_id, message_id, received_at)
    VALUES (%s, %s, %s, %s, %s, %s) ON CONFLICT (client_id, key) DO NOTHING
"""
MESSAGE = """
    INSERT INTO inbox_message
        (account_id, id, received_at, agency, title, body, language, in_reply_to, has_document)
    VALUES (%s, %s, %s, %s, %s, %s, %s, NULL, false)
"""
EVENT = "INSERT INTO outbox_event (id, type, time, data) VALUES (%s, %s, %s, %s)"
JOB = """
    INSERT INTO procrastinate_jobs (queue_name, task_name, priority, args)
    VALUES ('default', 'satupintu.foundation.outbox.tasks.deliver_event', 0, %s)
"""
# As the portal, which keeps its agencies in memory.
_agencies: dict[str, tuple[str, str]] = {}


@asynccontextmanager
async def lifespan(app: Starlette) -> AsyncIterator[None]:
    url = os.environ["DATABASE_URL"]
    async with AsyncConnectionPool(
        url, min_size=1, max_size=4, kwargs={"autocommit": True}, open=False
    ) as pool:
        app.state.pool = pool
        yield


async def send_message(request: Request) -> Response:
    now = datetime.now(UTC)
    token = request.headers["authorization"].removeprefix("Bearer ")
    message = json.loads(await request.body())
    async with request.app.state.pool.connection() as connection:
        hashed = hashlib.sha256(token.encode()).hexdigest()
        row = await (await connection.execute(TOKEN, [hashed, now])).fetchone()
        if row is None or "messages:send" not in row[5].split():
            return Response(status_code=401)
        client_id = row[1]
        if client_id not in _agencies:
            found = await (await connection.execute(AGENCY, [client_id])).fetchone()
            _agencies[client_id] = found
        agency, sector = _agencies[client_id]
        async with connection.transaction():
            person = await (
                await connection.execute(PERSON, [sector, message["subject"]])
            ).fetchone()
            if person is None:
                return Response(status_code=404)
            message_id, event_id = new_id(), new_id()
            for statement, values in list_inserts(
                client_id=client_id,
                key=request.headers["idempotency-key"],
                account_id=person[0],
                agency=agency,
                message=message,
                message_id=message_id,
                event_id=event_id,
                now=now,
            ):
                await connection.execute(statement, values)
    return JSONResponse({"id": str(message_id), "received_at": now.isoformat()}, status_code=201)


def list_inserts(*, client_id, key, account_id, agency, message, message_id, event_id, now):
    fingerprint = hashlib.sha256(json.dumps(message).encode()).hexdigest()
    data = Jsonb({"account_id": str(account_id), "message_id": str(message_id)})
    args = Jsonb({"event_id": str(event_id), "subscriber": "inbox.announce_message"})
    words = [message["title"], message["body"], message["language"]]
    return [
        (KEY, [client_id, key, fingerprint, account_id, message_id, now]),
        (MESSAGE, [account_id, message_id, now, agency, *words]),
        (EVENT, [event_id, "inbox.message_received", now, data]),
        (JOB, [args]),
    ]


app = Starlette(
    routes=[Route("/api/v1/messages", send_message, methods=["POST"])], lifespan=lifespan
)


class Inserter:
    """The same rows by one connection, with nothing around them."""

    def __init__(self, connection: psycopg.Connection) -> None:
        self._connection = connection
        row = connection.execute("SELECT client_id FROM agencies_client LIMIT 1").fetchone()
        self._client_id = row[0]
        self._agency, self._sector = connection.execute(AGENCY, [self._client_id]).fetchone()

    @classmethod
    def connect(cls, url: str) -> "Inserter":
        return cls(psycopg.connect(url, autocommit=True))

    def insert(self, subject: str, key: str, body: str) -> None:
        now = datetime.now(UTC)
        message = {
            "subject": subject,
            "title": "Pengembalian pajak Anda disetujui",
            "body": body,
            "language": "id",
        }
        with self._connection.transaction():
            person = self._connection.execute(PERSON, [self._sector, subject]).fetchone()
            for statement, values in list_inserts(
                client_id=self._client_id,
                key=key,
                account_id=person[0],
                agency=self._agency,
                message=message,
                message_id=new_id(),
                event_id=new_id(),
                now=now,
            ):
                self._connection.execute(statement, values)

    def close(self) -> None:
        self._connection.close()
