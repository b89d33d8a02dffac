# SPDX-License-Identifier: Apache-2.0
"""The portal tells a running agency that somebody signed out there."""

import secrets
import sqlite3
import time

import httpx
import pytest
from joserfc import jwt
from joserfc.jwk import ECKey

from demo.agency import register
from demo.tests.test_sign_in import begin, come_back

EVENT = "http://schemas.openid.net/event/backchannel-logout"


@pytest.fixture
def browser(tax):
    with httpx.Client(base_url=tax.url, timeout=10) as client:
        yield client


def make_logout_token(portal, *, typ="logout+jwt", key=None, **changes) -> str:
    now = int(time.time())
    claims = {
        "iss": portal.url,
        "sub": portal.subject,
        "aud": "tax-site",
        "iat": now,
        "exp": now + 120,
        "jti": secrets.token_hex(8),
        "sid": "session-1",
        "events": {EVENT: {}},
    } | changes
    key = key or portal.key
    header = {"alg": "ES256", "kid": key.kid, "typ": typ}
    return jwt.encode(
        header, {k: v for k, v in claims.items() if v is not None}, key, algorithms=["ES256"]
    )


def tell(tax, token) -> httpx.Response:
    return httpx.post(f"{tax.url}/backchannel-logout", data={"logout_token": token}, timeout=10)


def sign_in(browser, portal, *, sid, subject="leaves", **changes) -> httpx.Response:
    portal.subject = subject
    portal.id_token_changes = {"sid": sid} | changes
    return come_back(browser, begin(browser, portal))


def is_signed_in(browser) -> bool:
    return browser.get("/record").headers.get("location") != "/signin"


def test_the_visit_of_that_session_ends_and_no_other(browser, portal, tax):
    sign_in(browser, portal, sid="of-the-phone")
    with httpx.Client(base_url=tax.url) as computer:
        sign_in(computer, portal, sid="of-the-computer")

        answer = tell(tax, make_logout_token(portal, sid="of-the-phone"))

        assert answer.status_code == 200
        assert answer.headers["cache-control"] == "no-store"
        assert not is_signed_in(browser)
        assert is_signed_in(computer)


@pytest.mark.parametrize(
    "changes",
    [
        {"typ": "JWT"},
        {"iss": "https://elsewhere.example"},
        {"aud": "health-site"},
        {"aud": ["tax-site", "health-site"]},
        {"exp": 1},
        {"iat": 99999999999},
        {"events": {}},
        {"events": {EVENT: True}},
        {"events": None},
        {"sid": None},
        {"jti": None},
        {"nonce": "n"},
    ],
    ids=str,
)
def test_a_token_with_something_wrong_ends_nothing(browser, portal, tax, changes):
    sign_in(browser, portal, sid="stays")

    answer = tell(tax, make_logout_token(portal, **({"sid": "stays"} | changes)))

    assert answer.status_code == 400
    assert answer.json()["error"] == "invalid_request"
    assert is_signed_in(browser)


def test_a_token_of_a_stranger_ends_nothing(browser, portal, tax):
    sign_in(browser, portal, sid="stays-too")
    stranger = ECKey.generate_key("P-256", auto_kid=True)

    for token in ("", "a.b.c", make_logout_token(portal, key=stranger, sid="stays-too")):
        assert tell(tax, token).status_code == 400

    assert is_signed_in(browser)


def test_a_token_is_heard_once(portal, tax):
    token = make_logout_token(portal)

    assert [tell(tax, token).status_code for _ in range(2)] == [200, 400]


def test_a_sign_in_that_was_on_its_way_comes_too_late(browser, portal, tax):
    query = begin(browser, portal)
    portal.subject = "too-late"
    portal.id_token_changes = {"sid": "is-over"}
    tell(tax, make_logout_token(portal, sid="is-over", iat=int(time.time()) + 1))

    answer = come_back(browser, query)

    assert answer.status_code == 400
    assert not is_signed_in(browser)


def test_a_later_sign_in_of_that_session_is_welcome(browser, portal, tax):
    tell(tax, make_logout_token(portal, sid="comes-again", iat=int(time.time()) - 5))

    assert sign_in(browser, portal, sid="comes-again").headers["location"] == "/record"


def test_the_portal_learns_where_to_tell(tax):
    client = tax.describe()["client"]

    assert client["backchannel_logout_uri"] == f"{tax.url}/backchannel-logout"
    assert client["backchannel_logout_session_required"] is True


def test_a_register_of_before_is_brought_up_to_date(office):
    with sqlite3.connect(office.register_path) as connection:
        connection.execute("DROP TABLE ended_session")
        connection.execute("DROP TABLE visit")
        connection.execute("CREATE TABLE visit (token_hash TEXT PRIMARY KEY, subject, form_key)")
        connection.execute("ALTER TABLE link DROP COLUMN changes_wait_until")
        connection.execute("UPDATE about SET value = '1' WHERE key = 'schema_version'")
    connection.close()

    assert register.build_register(settings=office) is False
    register.build_register(settings=office)

    with register.read_register(office.register_path) as connection:
        connection.execute("SELECT sid, id_token FROM visit JOIN ended_session USING (sid)")
        connection.execute("SELECT changes_wait_until FROM link")
        version = connection.execute("SELECT value FROM about WHERE key = 'schema_version'")
        assert version.fetchone()["value"] == str(register.SCHEMA_VERSION)
