# SPDX-License-Identifier: Apache-2.0
"""Who may call the agency's API: the portal, now, once."""

import time
from datetime import UTC, datetime

import pytest
from joserfc.jwk import ECKey

from demo.agency import tokens
from demo.agency.problems import Problem
from demo.agency.settings import AgencySettings


@pytest.fixture
def settings(office, portal):
    return AgencySettings(**(office.__dict__ | {"portal_issuer": portal.url}))


@pytest.fixture
def portal_keys(portal):
    return tokens.PortalKeys(issuer=portal.url)


def check(settings, portal_keys, token):
    tokens.check_portal_token(
        settings=settings,
        portal_keys=portal_keys,
        authorization=f"Bearer {token}",
        at=datetime.now(UTC),
    )


def make_key() -> ECKey:
    key = ECKey.generate_key("P-256", parameters={"use": "sig", "alg": "ES256"})
    key.ensure_kid()
    return key


def test_a_good_token_is_accepted_once_and_its_replay_refused(settings, portal, portal_keys):
    token = portal.make_token(audience=settings.api_url)
    check(settings, portal_keys, token)

    with pytest.raises(Problem) as caught:
        check(settings, portal_keys, token)

    assert caught.value.status == 401
    assert "used before" in caught.value.body["detail"]


@pytest.mark.parametrize("seconds", [-30, 30])
def test_a_portal_whose_clock_is_half_a_minute_off_is_accepted(
    settings, portal, portal_keys, seconds
):
    now = int(time.time()) + seconds
    token = portal.make_token(audience=settings.api_url, iat=now, exp=now + 60)

    check(settings, portal_keys, token)


@pytest.mark.parametrize(
    ("seconds", "code", "words"),
    [
        (600, "clock_skew", "issued 10.0 minutes in the future. Check both clocks"),
        (-660, "token_expired", "ended 10.0 minutes ago"),
    ],
)
def test_ten_minutes_off_is_refused_and_said(settings, portal, portal_keys, seconds, code, words):
    now = int(time.time()) + seconds
    token = portal.make_token(audience=settings.api_url, iat=now, exp=now + 60)

    with pytest.raises(Problem) as caught:
        check(settings, portal_keys, token)

    assert caught.value.code == code
    assert words in caught.value.body["detail"]


def test_a_token_for_another_agency_is_refused(settings, portal, portal_keys):
    token = portal.make_token(audience="http://127.0.0.1:8102/api")

    with pytest.raises(Problem) as caught:
        check(settings, portal_keys, token)

    assert "audience" in caught.value.body["detail"]


def test_a_token_that_lives_for_an_hour_is_refused(settings, portal, portal_keys):
    token = portal.make_token(audience=settings.api_url, exp=int(time.time()) + 3600)

    with pytest.raises(Problem) as caught:
        check(settings, portal_keys, token)

    assert "lives too long" in caught.value.body["detail"]


def test_a_stranger_who_claims_the_portals_key_id_is_refused(settings, portal, portal_keys):
    stranger = ECKey.import_key(make_key().as_dict(private=True) | {"kid": portal.key.kid})
    token = portal.make_token(audience=settings.api_url, key=stranger)

    with pytest.raises(Problem) as caught:
        check(settings, portal_keys, token)

    assert "signature" in caught.value.body["detail"]


@pytest.mark.parametrize("token", ["", "x", "a.b.c", "e30.e30.", "🙂", "eyJhbGciOiJub25lIn0.e30."])
def test_what_is_no_token_is_refused(settings, portal_keys, token):
    with pytest.raises(Problem) as caught:
        check(settings, portal_keys, token)

    assert caught.value.status == 401
    assert "WWW-Authenticate" in caught.value.headers


def test_a_new_key_of_the_portal_is_fetched_when_a_token_names_it(
    settings, portal, portal_keys, monkeypatch
):
    check(settings, portal_keys, portal.make_token(audience=settings.api_url))
    new = make_key()
    portal.published_keys = [portal.key, new]
    monkeypatch.setattr(tokens, "SECONDS_BETWEEN_REFRESHES", 0)

    check(settings, portal_keys, portal.make_token(audience=settings.api_url, key=new))


def test_made_up_key_ids_do_not_make_the_agency_hammer_the_portal(settings, portal, portal_keys):
    check(settings, portal_keys, portal.make_token(audience=settings.api_url))
    before = portal.jwks_requests

    for _ in range(20):
        with pytest.raises(Problem):
            token = portal.make_token(audience=settings.api_url, key=make_key())
            check(settings, portal_keys, token)

    assert portal.jwks_requests == before


def test_without_the_portals_keys_nobody_is_recognised_and_the_answer_says_try_again(
    settings, portal, portal_keys
):
    portal.is_down = True

    with pytest.raises(Problem) as caught:
        check(settings, portal_keys, portal.make_token(audience=settings.api_url))

    assert (caught.value.status, caught.value.code) == (503, "portal_unreachable")
