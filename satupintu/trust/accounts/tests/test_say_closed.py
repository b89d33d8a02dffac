# SPDX-License-Identifier: Apache-2.0
import pytest

from .test_sign_in import sari, type_password

__all__ = ["sari"]

pytestmark = pytest.mark.django_db


def test_a_closed_route_promises_no_time_that_a_day_long_limit_would_break(client, sari):
    for _ in range(11):
        page = type_password(client, password="tebak")

    assert "Tunggu paling sedikit seperempat jam" in page.content.decode()
