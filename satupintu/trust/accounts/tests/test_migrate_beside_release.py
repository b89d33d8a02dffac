# SPDX-License-Identifier: Apache-2.0
"""Statements are prepared once for a connection; a migration must not break those that run."""

import pytest
from django.db import connection
from django.urls import reverse

from .factories import AccountFactory, sign_in

PREPARED_AFTER = 6


@pytest.mark.django_db
def test_a_column_that_a_migration_adds_leaves_running_pages_alone(client):
    sari = AccountFactory()
    sign_in(client, sari)
    for _ in range(PREPARED_AFTER):
        assert client.get(reverse("accounts:security")).status_code == 200

    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE accounts_account ADD COLUMN later text")
        cursor.execute("ALTER TABLE accounts_session ADD COLUMN later text")

    assert client.get(reverse("accounts:security")).status_code == 200
