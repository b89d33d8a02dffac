# SPDX-License-Identifier: Apache-2.0
from uuid import UUID

from django.db import connection


def get_subject(*, account_id: UUID, sector: str) -> str | None:
    """The person's name in a sector, if she has one there already."""
    # Written out because every sign-in pays for it (see actions/codes.py).
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT subject FROM signin_subject WHERE account_id = %s AND sector = %s",
            [account_id, sector],
        )
        row = cursor.fetchone()
    return None if row is None else row[0]


def get_account_of_subject(*, sector: str, subject: str) -> UUID | None:
    """Whom a sector means by a subject. Another sector's subject answers None."""
    # Written out because every letter pays for it.
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT account_id FROM signin_subject WHERE sector = %s AND subject = %s",
            [sector, subject],
        )
        row = cursor.fetchone()
    return None if row is None else row[0]


def find_name(account_id: UUID, sector: str) -> str | None:
    """`get_subject`, for the consent app, which writes it on receipts."""
    return get_subject(account_id=account_id, sector=sector)
