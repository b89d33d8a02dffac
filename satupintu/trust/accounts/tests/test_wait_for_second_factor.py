# SPDX-License-Identifier: Apache-2.0
"""Between the right password and the second factor."""

import pytest
from django.urls import reverse

from .test_sign_in import get_level, sari, show_code, type_code, type_password

__all__ = ["sari"]

pytestmark = pytest.mark.django_db


def test_a_sign_in_half_done_ends_with_the_password_that_began_it(client, sari):
    type_password(client)
    sari.set_password("kata sandi yang lain lagi")
    sari.save()

    page = type_code(client, show_code())

    assert page.url == reverse("account_login")
    assert get_level(client) is None


def test_a_sign_in_half_done_is_forgotten_by_a_browser_that_keeps_one_from_before(client, sari):
    type_password(client)
    session = client.session
    session["accounts.waiting"] = {
        name: value for name, value in session["accounts.waiting"].items() if name != "password"
    }
    session.save()

    page = type_code(client, show_code())

    assert page.url == reverse("account_login")


def test_the_key_of_the_session_changes_with_the_right_password(client, sari):
    client.post(reverse("accounts:passkey_options"))
    planted = client.session.session_key

    type_password(client)

    assert client.session.session_key != planted
    assert type(client.session)(planted).row is None
    assert type_code(client).url == "/home/"
