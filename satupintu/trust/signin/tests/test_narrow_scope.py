# SPDX-License-Identifier: Apache-2.0
"""A refreshed token may carry less than the sign-in gave (RFC 6749, section 6), never more."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from satupintu.trust.agencies import queries as agencies
from satupintu.trust.agencies.models import Client
from satupintu.trust.signin.rules import narrow_scope

from .refreshing import make_refresher, refresh, refuse, sign_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def party(db):
    return make_refresher()


def test_a_refresh_may_ask_for_less_and_the_token_tells_less(person, party, client):
    token = sign_in(person, party)["refresh_token"]

    answer = refresh(party, token, scope="openid email").json()

    assert answer["scope"] == "openid email"
    bearer = {"Authorization": f"Bearer {answer['access_token']}"}
    assert set(client.get("/openid/userinfo", headers=bearer).json()) == {"sub", "email"}


def test_narrowing_narrows_one_token_and_nothing_widens_beyond_the_sign_in(person, party):
    token = sign_in(person, party, scope="openid email")["refresh_token"]
    token = refresh(party, token, scope="openid").json()["refresh_token"]

    for wider in (
        "openid profile",
        "openid email profile",
        "messages:send",
        "openid offline_access",
    ):
        refuse(refresh(party, token, scope=wider), "invalid_scope")

    # RFC 6749, section 6: within what was granted at first, and refused requests used nothing up.
    assert refresh(party, token).json()["scope"] == "openid email"


def test_a_scope_that_the_client_is_not_registered_for_any_more_is_left_out(person, party):
    token = sign_in(person, party)["refresh_token"]
    Client.objects.update(scopes=["openid", "email"])
    agencies.forget_directory()

    assert refresh(party, token).json()["scope"] == "openid email"


def test_what_claims_asked_for_stays_with_the_whole_scope_and_goes_with_a_part(
    person, party, client
):
    asked = '{"userinfo": {"email": {"essential": true}}}'
    token = sign_in(person, party, scope="openid profile", claims=asked)["refresh_token"]

    def tell(**changes):
        nonlocal token
        answer = refresh(party, token, **changes).json()
        token = answer["refresh_token"]
        bearer = {"Authorization": f"Bearer {answer['access_token']}"}
        return set(client.get("/openid/userinfo", headers=bearer).json())

    assert tell() == {"sub", "name", "email"}
    assert tell(scope="profile openid") == {"sub", "name", "email"}
    assert tell(scope="openid") == {"sub"}


NAMES = ["openid", "profile", "email", "offline_access"]


@given(
    granted=st.lists(st.sampled_from(NAMES), unique=True, min_size=1),
    asked=st.none() | st.lists(st.sampled_from([*NAMES, "messages:send"])),
    registered=st.sets(st.sampled_from(NAMES)),
)
def test_safety_a_refreshed_scope_never_exceeds_what_was_granted(granted, asked, registered):
    found = narrow_scope(
        " ".join(granted), asked=None if asked is None else " ".join(asked), registered=registered
    )

    got = set((found or "").split())
    assert got <= set(granted) & registered
    if asked:
        assert got <= set(asked)
        assert found is None or set(asked) <= set(granted)
