# SPDX-License-Identifier: Apache-2.0
"""The agency's own database: one SQLite file in its home.

A connection is opened for each piece of work and closed after it: that costs a tenth of a
millisecond and lets requests, the command and a test use the file at once.
"""

import json
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from . import residents
from .answers import normalize_answer
from .definition import AgencyDefinition
from .settings import AgencySettings

SCHEMA_VERSION = 4

# Apart, because a country that was made before them gets them at its next start.
LATER_TABLES = (
    """
-- Notices of the portal that were taken: none is told twice.
CREATE TABLE IF NOT EXISTS notice (
    id TEXT PRIMARY KEY,
    record_ref TEXT NOT NULL,
    channel TEXT NOT NULL,
    masked TEXT NOT NULL,
    taken_at INTEGER NOT NULL
) STRICT;
""",
    """
-- How a link stands, where the person froze it: the newest word, and since when (microseconds).
CREATE TABLE IF NOT EXISTS standing (
    link_id TEXT PRIMARY KEY,
    standing TEXT NOT NULL,
    changed_at INTEGER NOT NULL
) STRICT;
""",
)

SCHEMA = """
CREATE TABLE resident (
    ref TEXT PRIMARY KEY,
    number TEXT NOT NULL UNIQUE,
    full_name TEXT NOT NULL,
    sex TEXT NOT NULL,
    born_on TEXT NOT NULL,
    street TEXT NOT NULL,
    village TEXT NOT NULL,
    city TEXT NOT NULL,
    postcode TEXT NOT NULL,
    email TEXT NOT NULL,
    facts TEXT NOT NULL,
    -- All answers in comparable form, joined: one look finds the record or finds nothing.
    finding_key TEXT NOT NULL
) STRICT;
CREATE INDEX resident_by_finding_key ON resident (finding_key);

CREATE TABLE linking_code (
    id INTEGER PRIMARY KEY,
    record_ref TEXT NOT NULL,
    lookup INTEGER NOT NULL,
    salt BLOB NOT NULL,
    hash BLOB NOT NULL,
    issued_at INTEGER NOT NULL,
    expires_at INTEGER NOT NULL,
    used_at INTEGER
) STRICT;
CREATE INDEX linking_code_by_lookup ON linking_code (lookup);
CREATE INDEX linking_code_by_record ON linking_code (record_ref);

-- A code that fitted, waiting for the person to agree.
CREATE TABLE match (
    id_hash TEXT PRIMARY KEY,
    code_id INTEGER NOT NULL,
    record_ref TEXT NOT NULL,
    expires_at INTEGER NOT NULL
) STRICT;

-- Subject <-> record: the primary key gives a subject one record, UNIQUE a record one subject.
CREATE TABLE link (
    subject TEXT PRIMARY KEY,
    record_ref TEXT NOT NULL UNIQUE,
    link_id TEXT NOT NULL,
    linked_at INTEGER NOT NULL,
    -- The portal said that the link is provisional: bank details and address stay until then.
    changes_wait_until INTEGER
) STRICT;

-- Enquiries by the number that was typed (as keyed hash), whether such a record exists or not.
CREATE TABLE enquiry (
    number_hash TEXT NOT NULL,
    made_at INTEGER NOT NULL,
    found INTEGER NOT NULL
) STRICT;
CREATE INDEX enquiry_by_number ON enquiry (number_hash, made_at);

-- What the demo shows in place of paper; the text is sealed with a key that is not stored here.
CREATE TABLE letter (
    id INTEGER PRIMARY KEY,
    record_ref TEXT NOT NULL,
    -- "code", or what a notice tells: "linked", "parted".
    kind TEXT NOT NULL,
    language TEXT NOT NULL,
    sealed_code BLOB,
    printed_at INTEGER NOT NULL,
    expires_at INTEGER
) STRICT;
CREATE INDEX letter_by_record ON letter (record_ref);

-- Tokens of the portal that were accepted: none is accepted twice.
CREATE TABLE seen_token (jti TEXT PRIMARY KEY, expires_at INTEGER NOT NULL) STRICT;

CREATE TABLE sign_in (
    state_hash TEXT PRIMARY KEY,
    browser_hash TEXT NOT NULL,
    nonce TEXT NOT NULL,
    code_verifier TEXT NOT NULL,
    expires_at INTEGER NOT NULL
) STRICT;

CREATE TABLE visit (
    token_hash TEXT PRIMARY KEY,
    subject TEXT NOT NULL,
    form_key TEXT NOT NULL,
    signed_in_at INTEGER NOT NULL,
    expires_at INTEGER NOT NULL,
    -- The portal's name for its session, by which it tells that the person signed out there.
    sid TEXT,
    -- What the portal said at the sign-in, shown to it again when the person signs out there too.
    id_token TEXT
) STRICT;

-- Sessions of the portal that are over, and since when: a sign-in that was on its way is too late.
CREATE TABLE ended_session (
    sid TEXT PRIMARY KEY,
    ended_at INTEGER NOT NULL
) STRICT;

-- Letters to the portal's inbox: written before they are sent, so that none is sent twice.
CREATE TABLE outgoing (
    id TEXT PRIMARY KEY,
    subject TEXT NOT NULL,
    message TEXT NOT NULL,
    document BLOB,
    written_at INTEGER NOT NULL,
    portal_id TEXT,
    given_up_because TEXT
) STRICT;

CREATE TABLE about (key TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT;
"""


class NewerRegister(Exception):
    """The file was written by a later version of this program."""


@contextmanager
def open_register(path: Path) -> Iterator[sqlite3.Connection]:
    """A connection with one write transaction around the block: all of it happens, or none."""
    connection = sqlite3.connect(path, timeout=10, isolation_level=None)
    try:
        connection.row_factory = sqlite3.Row
        connection.execute("PRAGMA synchronous = NORMAL")
        # IMMEDIATE: two requests that would both write wait for each other instead of failing.
        connection.execute("BEGIN IMMEDIATE")
        try:
            yield connection
        except BaseException:
            connection.execute("ROLLBACK")
            raise
        connection.execute("COMMIT")
    finally:
        connection.close()


@contextmanager
def read_register(path: Path) -> Iterator[sqlite3.Connection]:
    """A connection that only reads, and waits for nobody."""
    connection = sqlite3.connect(path, timeout=10, isolation_level=None)
    try:
        connection.row_factory = sqlite3.Row
        connection.execute("PRAGMA query_only = ON")
        yield connection
    finally:
        connection.close()


def finding_key(*, definition: AgencyDefinition, answers: dict[str, str]) -> str:
    """Answers in comparable form, in the order of the questions."""
    return "\x1f".join(
        normalize_answer(kind=question.kind, typed=answers[question.id])
        for question in definition.questions
    )


def build_register(*, settings: AgencySettings) -> bool:
    """Make the file if there is none; True if it was made. Raises NewerRegister.

    It is written beside its place and moved there when whole: an interrupted start leaves nothing
    that looks like a register.
    """
    path = settings.register_path
    if path.exists():
        _refuse_newer(path)
        _bring_up_to_date(path)
        with open_register(path) as connection:
            for table in LATER_TABLES:
                connection.execute(table)
        return False
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name("register.building")
    draft.unlink(missing_ok=True)
    connection = sqlite3.connect(draft, isolation_level=None)
    try:
        connection.execute("PRAGMA journal_mode = OFF")
        connection.execute("PRAGMA synchronous = OFF")
        connection.executescript(SCHEMA + "".join(LATER_TABLES))
        connection.execute("BEGIN")
        connection.executemany(
            "INSERT INTO resident VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            _list_rows(settings=settings),
        )
        connection.executemany(
            "INSERT INTO about VALUES (?, ?)",
            [
                ("schema_version", str(SCHEMA_VERSION)),
                ("seed", str(settings.seed)),
                ("slug", settings.slug),
            ],
        )
        connection.execute("COMMIT")
        connection.execute("PRAGMA journal_mode = WAL")
    finally:
        connection.close()
    draft.replace(path)
    return True


def _refuse_newer(path: Path) -> None:
    with read_register(path) as connection:
        row = connection.execute("SELECT value FROM about WHERE key = 'schema_version'").fetchone()
    if int(row["value"]) > SCHEMA_VERSION:
        raise NewerRegister(f"{path} was written by a newer version of the demo.")


def _bring_up_to_date(path: Path) -> None:
    with open_register(path) as connection:
        row = connection.execute("SELECT value FROM about WHERE key = 'schema_version'").fetchone()
        if int(row["value"]) < 2:
            connection.execute("ALTER TABLE visit ADD COLUMN sid TEXT")
            connection.execute(
                "CREATE TABLE ended_session"
                " (sid TEXT PRIMARY KEY, ended_at INTEGER NOT NULL) STRICT"
            )
        if int(row["value"]) < 3:
            connection.execute("ALTER TABLE visit ADD COLUMN id_token TEXT")
        if int(row["value"]) < 4:
            connection.execute("ALTER TABLE link ADD COLUMN changes_wait_until INTEGER")
        connection.execute(
            "UPDATE about SET value = ? WHERE key = 'schema_version'", (str(SCHEMA_VERSION),)
        )


def _list_rows(*, settings: AgencySettings) -> Iterator[tuple[str, ...]]:
    definition = settings.definition
    for resident in residents.list_residents(
        definition=definition, seed=settings.seed, count=settings.residents
    ):
        yield (
            resident.ref,
            resident.number,
            resident.full_name,
            resident.sex,
            resident.born_on.isoformat(),
            resident.street,
            resident.village,
            resident.city,
            resident.postcode,
            resident.email,
            json.dumps(resident.facts, ensure_ascii=False),
            finding_key(
                definition=definition,
                answers=residents.answers_of(definition=definition, resident=resident),
            ),
        )
