# SPDX-License-Identifier: Apache-2.0
"""Every route of staff, walked as every role: deny by default."""

import re

import pytest
from django.urls import get_resolver, reverse

from satupintu.foundation.ids import new_id
from satupintu.trust.staff import rules
from tests.consistency.test_routes import walk

from .factories import StaffFactory, StewardFactory, sign_in

pytestmark = pytest.mark.django_db

ARGUMENTS = {"uuid": str(new_id()), "str": "x" * 43, "slug": "tax", "int": "1"}
ROUTES = [
    (where, pattern.callback.access.removeprefix("staff: "))
    for where, pattern in walk(get_resolver())
    if str(getattr(pattern.callback, "access", "")).startswith("staff: ")
]


def address_of(where):
    return "/" + re.sub(r"<(\w+):\w+>", lambda found: ARGUMENTS[found.group(1)], where)


def test_there_are_routes_and_each_names_a_permission_of_the_table():
    assert len(ROUTES) > 5
    assert {permission for _where, permission in ROUTES} <= set(rules.PERMISSIONS)


@pytest.mark.parametrize("role", rules.ROLES)
@pytest.mark.parametrize("method", ["get", "post"])
def test_a_route_opens_to_the_roles_of_its_permission_and_to_nobody_else(client, role, method):
    member = StewardFactory() if role == "steward" else StaffFactory(role=role)

    for where, permission in ROUTES:
        sign_in(client, member)

        status = getattr(client, method)(address_of(where)).status_code

        assert (status == 403) is (role not in rules.PERMISSIONS[permission]), where


@pytest.mark.parametrize("method", ["get", "post"])
def test_without_a_staff_session_every_route_leads_to_the_staff_door(client, method):
    for where, _permission in ROUTES:
        page = getattr(client, method)(address_of(where))

        assert page.status_code == 302
        assert page.url.startswith(reverse("staff:sign_in"))


def test_pages_of_staff_are_never_stored(client):
    sign_in(client, StewardFactory())

    assert "no-store" in client.get("/staff/").headers["Cache-Control"]
