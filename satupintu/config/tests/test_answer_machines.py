# SPDX-License-Identifier: Apache-2.0
"""What programs call is answered without what pages need, and no less safely."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import get_resolver

from satupintu.trust.accounts.tests.factories import AccountFactory, sign_in
from tests.consistency.test_routes import walk

MACHINES = {
    where: pattern.callback
    for where, pattern in walk(get_resolver())
    if getattr(pattern.callback, "is_machine", False)
}


def test_the_hottest_endpoints_are_machines():
    assert {
        ".well-known/jwks.json",
        ".well-known/openid-configuration",
        "openid/par",
        "openid/token",
        "openid/userinfo",
    } <= set(MACHINES)


@pytest.mark.parametrize("where", sorted(MACHINES))
def test_a_machine_takes_nothing_from_its_address_and_says_who_may_call_it(where):
    assert "<" not in where
    assert MACHINES[where].access.startswith(("protocol", "public"))


@pytest.mark.django_db
@pytest.mark.parametrize("where", sorted(MACHINES))
def test_safety_02_a_machine_reads_no_session(client, where):
    """So that no cookie of a person can ever open one."""
    sign_in(client, AccountFactory(), level=2)

    with CaptureQueriesContext(connection) as captured:
        response = client.get(f"/{where}?lang=en")

    assert not [query for query in captured if "accounts_session" in query["sql"]]
    assert not hasattr(response.wsgi_request, "session")
    assert not response.cookies


@pytest.mark.django_db
@pytest.mark.parametrize("where", sorted(MACHINES))
def test_the_headers_that_hold_everywhere_hold_here(client, where):
    response = client.get(f"/{where}")

    assert "default-src 'none'" in response.headers["Content-Security-Policy"]
    assert response.headers["X-Content-Type-Options"] == "nosniff"
    assert response.headers["Content-Length"] == str(len(response.content))


@pytest.mark.parametrize("where", sorted(MACHINES))
def test_a_request_for_another_host_is_refused(client, where):
    response = client.get(f"/{where}", headers={"Host": "evil.example"})

    assert response.status_code == 400


def test_what_is_not_a_machine_goes_the_long_way(client):
    assert client.get("/openid/token/").status_code == 404
    assert client.get("/nowhere").status_code == 404
