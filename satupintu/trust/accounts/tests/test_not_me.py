# SPDX-License-Identifier: Apache-2.0
"""The page for somebody who fears that another person was here."""

import pytest
from django.urls import reverse

from .factories import AccountFactory, sign_in

pytestmark = pytest.mark.django_db


def test_what_happened_in_the_account_is_stored_nowhere(client):
    sign_in(client, AccountFactory())

    page = client.post(reverse("accounts:not_me"))

    assert page.status_code == 200
    assert "no-store" in page.headers["Cache-Control"]
