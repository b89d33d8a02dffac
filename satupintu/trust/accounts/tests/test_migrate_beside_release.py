# SPDX-License-Identifier: Apache-2.0
"""Statements are prepared once for a connection; a migration must not break those that run."""

import pytest
from django.db import connection
from django.urls import reverse

from .factories import AccountFactory, sign_in

TABLES = ("accounts_account", "accounts_session")
PREPARED_AFTER = 6


@pytest.fixture
def migrate_elsewhere():
    """Another process's connection: on the same one the driver would notice by itself."""
    other = connection.copy()

    def run(change: str) -> None:
        with other.cursor() as cursor:
            for table in TABLES:
                cursor.execute(f"ALTER TABLE {table} {change}")

    yield run
    run("DROP COLUMN IF EXISTS later")
    other.close()


@pytest.mark.django_db(transaction=True)
def test_a_column_that_a_migration_adds_leaves_running_pages_alone(client, migrate_elsewhere):
    sign_in(client, AccountFactory())
    for _ in range(PREPARED_AFTER):
        assert client.get(reverse("accounts:security")).status_code == 200

    migrate_elsewhere("ADD COLUMN later text")

    assert client.get(reverse("accounts:security")).status_code == 200
