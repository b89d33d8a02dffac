# SPDX-License-Identifier: Apache-2.0
"""Fill a country's database to the size of a real one.

Rows that the product itself wrote are multiplied by the server: every column is as in the real row
but for those named here. Indexes are taken away meanwhile and built again, which is many times
quicker than keeping them.
"""

import os
import sys
import time
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass

import psycopg
from psycopg import sql

# 1 is a country of a million accounts; a tenth is enough to try a change.
SCALE = float(os.environ.get("BENCH_OIDC_SCALE", "1"))
ACCOUNTS = max(1000, int(1_000_000 * SCALE))
EMAIL = "orang.{}@surel.nusa"


def _id(kind: str, number: str) -> str:
    """A UUID that can be told again from a number."""
    return f"md5('{kind}' || {number})::uuid"


def _person(number: str) -> str:
    """An account's id, a UUIDv7 as the product makes it: time first, then what looks random."""
    moment = f"lpad(to_hex(1750000000000 + ({number})::bigint * 3000), 12, '0')"
    return f"({moment} || '7abcb' || left(md5('a' || {number}), 15))::uuid"


def _hash(kind: str) -> str:
    return f"encode(sha256(('{kind}' || n)::bytea), 'hex')"


# Of row n: the person it belongs to, and the how-manieth of hers it is.
PERSON, TURN = f"(n % {ACCOUNTS})", f"(n / {ACCOUNTS})"
SUBJECT = "rtrim(translate(encode(sha256(('u' || n)::bytea), 'base64'), '+/', '-_'), '=')"
OWNER = _person(PERSON)
OFFICE = f"'office-' || {TURN}"
# Spread over a month: nothing is due at once.
LATER, EARLIER = (
    "now() + (n % 43200 + 60) * interval '1 min'",
    "now() - (n % 43200) * interval '1 min'",
)


@dataclass(frozen=True)
class Mass:
    table: str
    rows_per_account: int
    changes: Mapping[str, str]  # SQL by column


MASSES = (
    Mass("accounts_account", 1, {"id": OWNER, "email": "'orang.' || n || '@surel.nusa'"}),
    Mass(
        "accounts_session",
        1,
        {
            "session_key": _hash("s"),
            "id": _id("s", "n"),
            "account_id": OWNER,
            "expire_date": LATER,
            "last_seen_at": EARLIER,
        },
    ),
    Mass(
        "signin_subject",
        5,
        {"account_id": OWNER, "id": _id("u", "n"), "sector": OFFICE, "subject": SUBJECT},
    ),
    Mass(
        "consent_consent",
        5,
        {"account_id": OWNER, "id": _id("c", "n"), "agency": OFFICE, "given_at": EARLIER},
    ),
    Mass(
        "linking_link",
        5,
        {"account_id": OWNER, "id": _id("l", "n"), "agency": OFFICE, "linked_at": EARLIER},
    ),
    Mass(
        "linking_record_holder",
        5,
        {
            "agency": OFFICE,
            "record_hash": _hash("r"),
            "account_id": OWNER,
            "link_id": _id("l", "n"),
        },
    ),
    Mass(
        "signin_access_token",
        20,
        {
            "token_hash": _hash("t"),
            "client_id": OFFICE,
            "account_id": OWNER,
            "grant_id": _id("g", "n"),
            "session_id": _id("s", PERSON),
            "subject": SUBJECT,
            "issued_at": EARLIER,
            "expires_at": LATER,
        },
    ),
    Mass(
        "signin_visit",
        5,
        {
            "account_id": OWNER,
            "id": _id("v", "n"),
            "session_id": _id("s", PERSON),
            "client_id": OFFICE,
            "subject": SUBJECT,
            "expires_at": LATER,
        },
    ),
    Mass(
        "audit_access_record",
        5,
        {"account_id": OWNER, "id": _id("x", "n"), "actor_agency": OFFICE, "at": EARLIER},
    ),
)


def load_country(database_url: str) -> str:
    """Multiply the rows that are there; answers in words how many there are now, and how large."""
    began = time.monotonic()
    _say(f"loading {ACCOUNTS:,} accounts and all that is theirs")
    # The table with most rows first, and the others beside it.
    largest_first = sorted(MASSES, key=lambda mass: -mass.rows_per_account)
    with psycopg.connect(database_url, autocommit=True) as connection:
        _set_for_loading(connection, "SET max_wal_size = '8GB'")
        with ThreadPoolExecutor(max_workers=2) as both:
            list(both.map(lambda mass: _multiply(database_url, mass), largest_first))
        _set_for_loading(connection, "RESET max_wal_size")
        connection.execute("CHECKPOINT")
        size = connection.execute("SELECT pg_database_size(current_database())").fetchone()
    count = {mass.table: mass.rows_per_account * ACCOUNTS for mass in MASSES}
    gigabytes = (size[0] if size else 0) / 1e9
    minutes = (time.monotonic() - began) / 60
    _say(f"loaded in {minutes:.1f} min")
    return (
        f"Loaded: {ACCOUNTS:,} accounts, {count['linking_link']:,} links, "
        f"{count['signin_access_token']:,} tokens, {sum(count.values()):,} rows in all, "
        f"{gigabytes:.1f} GB, in {minutes:.1f} min."
    )


def list_emails(people: int) -> list[str]:
    """Of people from everywhere in the mass."""
    return [EMAIL.format(number * ACCOUNTS // people) for number in range(people)]


def _set_for_loading(connection: psycopg.Connection, change: str) -> None:
    connection.execute(f"ALTER SYSTEM {change}")  # type: ignore[arg-type]
    connection.execute("SELECT pg_reload_conf()")


def _multiply(database_url: str, mass: Mass) -> None:
    began = time.monotonic()
    with psycopg.connect(database_url, autocommit=True) as connection:
        for setting in ("synchronous_commit = off", "maintenance_work_mem = '1GB'"):
            connection.execute(f"SET {setting}")  # type: ignore[arg-type]
        _multiply_rows(connection, mass)
    rows = mass.rows_per_account * ACCOUNTS
    _say(f"{mass.table}: {rows:,} rows in {time.monotonic() - began:.0f} s")


def _multiply_rows(connection: psycopg.Connection, mass: Mass) -> None:
    table = sql.Identifier(mass.table)
    columns = [
        name
        for (name,) in connection.execute(
            "SELECT attname FROM pg_attribute WHERE attrelid = %s::regclass"
            " AND attnum > 0 AND NOT attisdropped AND attgenerated = '' ORDER BY attnum",
            [mass.table],
        )
    ]
    values = [
        sql.SQL(mass.changes[name]) if name in mass.changes else sql.Identifier("real", name)  # type: ignore[arg-type]
        for name in columns
    ]
    with _without_indexes(connection, mass.table):
        connection.execute(
            sql.SQL(
                "INSERT INTO {table} ({columns}) SELECT {values}"
                " FROM (SELECT * FROM {table} LIMIT 1) AS real, generate_series(0, {last}) AS n"
            ).format(
                table=table,
                columns=sql.SQL(", ").join(map(sql.Identifier, columns)),
                values=sql.SQL(", ").join(values),
                last=sql.Literal(mass.rows_per_account * ACCOUNTS - 1),
            )
        )
    connection.execute(sql.SQL("VACUUM (ANALYZE) {}").format(table))


@contextmanager
def _without_indexes(connection: psycopg.Connection, table: str) -> Iterator[None]:
    constraints = connection.execute(
        "SELECT conname, pg_get_constraintdef(oid) FROM pg_constraint AS own"
        " WHERE conrelid = %s::regclass AND contype IN ('p', 'u')"
        # What another table refers to has to stay.
        " AND NOT EXISTS (SELECT 1 FROM pg_constraint AS other"
        " WHERE other.contype = 'f' AND other.conindid = own.conindid)",
        [table],
    ).fetchall()
    indexes = connection.execute(
        "SELECT relname, pg_get_indexdef(indexrelid) FROM pg_index"
        " JOIN pg_class ON pg_class.oid = indexrelid WHERE indrelid = %s::regclass"
        " AND NOT EXISTS (SELECT 1 FROM pg_constraint WHERE conindid = indexrelid)",
        [table],
    ).fetchall()
    change = sql.SQL("ALTER TABLE {} ").format(sql.Identifier(table))
    for name, _definition in constraints:
        drop = sql.SQL("DROP CONSTRAINT {}").format(sql.Identifier(name))
        connection.execute(change + drop)
    for name, _definition in indexes:
        connection.execute(sql.SQL("DROP INDEX {}").format(sql.Identifier(name)))
    yield
    for _name, definition in indexes:
        connection.execute(definition)
    for name, definition in constraints:
        add = sql.SQL("ADD CONSTRAINT {} ").format(sql.Identifier(name))
        connection.execute(change + add + sql.SQL(definition))


def _say(text: str) -> None:
    print(f"oidc: {text}", file=sys.stderr, flush=True)
