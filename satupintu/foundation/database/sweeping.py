# SPDX-License-Identifier: Apache-2.0
"""Delete what is over from tables that everybody writes to meanwhile."""

from datetime import datetime

from django.db import connection

# Small enough that a batch takes milliseconds, large enough that its commit is not what costs.
BATCH = 2000


def write_sweep_statement(*, table: str, column: str) -> str:
    """The oldest rows first, by the index on `column`; rows that somebody holds are passed over.
    Parameters: before when, and how many."""
    return f"""
        DELETE FROM {table} WHERE ctid = ANY(ARRAY(
            SELECT ctid FROM {table} WHERE {column} < %s
            ORDER BY {column} LIMIT %s FOR UPDATE SKIP LOCKED
        ))
    """  # noqa: S608 - names that stand in our own code


def sweep_table(*, table: str, column: str, before: datetime) -> int:
    """Delete the rows whose `column` lies before a moment; answers how many.

    Outside a transaction each batch commits by itself, so nobody waits for more than one, and
    ending this at any moment loses nothing. Safe to run twice at once.
    """
    statement = write_sweep_statement(table=table, column=column)
    swept = 0
    while True:
        with connection.cursor() as cursor:
            cursor.execute(statement, [before, BATCH])
            swept += cursor.rowcount
            if cursor.rowcount < BATCH:
                return swept
