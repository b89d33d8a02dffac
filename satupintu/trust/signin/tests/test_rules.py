# SPDX-License-Identifier: Apache-2.0
"""Properties of the pure rules, for any input."""

import base64
import hashlib
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace

import pytest
from authlib.oauth2.rfc6749 import OAuth2Error
from hypothesis import given
from hypothesis import strategies as st

from satupintu.trust.signin.acr import Pair
from satupintu.trust.signin.provider.clients import ProviderClient
from satupintu.trust.signin.provider.grants import S256Only
from satupintu.trust.signin.rules import (
    PROMPTS,
    BadRequest,
    Step,
    UnattainableLevel,
    decide_step,
    find_fault_in_times,
    read_demand,
)

NOW = datetime(2026, 11, 24, 5, 0, tzinfo=UTC)
REGISTERED = ("https://a.example/callback", "https://a.example/callback?x=1")
VERIFIER = st.text(
    alphabet="ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~",
    min_size=43,
    max_size=128,
)
moments = st.datetimes(
    min_value=datetime(2026, 11, 1),  # noqa: DTZ001 - hypothesis adds it
    max_value=datetime(2026, 11, 24, 4),  # noqa: DTZ001
    timezones=st.just(UTC),
)
prompts = st.sets(st.sampled_from(sorted(PROMPTS - {"none"})))


def make_client() -> ProviderClient:
    return ProviderClient(SimpleNamespace(redirect_uris=REGISTERED, id_token_alg="ES256"))


# --- The redirect address -------------------------------------------------------------------------


@given(
    st.sampled_from(REGISTERED),
    st.text(max_size=8),
    st.integers(min_value=0, max_value=40),
    st.integers(min_value=0, max_value=8),
)
def test_no_change_of_a_registered_address_is_that_address(address, put_in, where, cut):
    changed = address[:where] + put_in + address[where + cut :]

    assert make_client().check_redirect_uri(changed) is (changed in REGISTERED)


@pytest.mark.parametrize(
    "address",
    [
        "https://a.example/callback/",
        "https://a.example/callback#",
        "https://A.example/callback",
        "https://a.example:443/callback",
        "https://a.example/callback%2F..",
        "https://a.example/x/../callback",
        "https://a.example/callback?x=1&y=2",
        "https://a.example@evil.example/callback",
        "http://a.example/callback",
        " https://a.example/callback",
    ],
)
def test_an_address_that_merely_resembles_is_another_address(address):
    assert not make_client().check_redirect_uri(address)


# --- PKCE -------------------------------------------------------------------------------------------


def try_verifier(verifier: str | None, challenge: str) -> bool:
    grant = SimpleNamespace(
        request=SimpleNamespace(
            form={"code_verifier": verifier} if verifier is not None else {},
            auth_method="private_key_jwt",
            authorization_code=SimpleNamespace(
                code_challenge=challenge, code_challenge_method="S256"
            ),
        )
    )
    try:
        S256Only().validate_code_verifier(grant, None)
    except OAuth2Error:
        return False
    return True


def make_challenge(verifier: str) -> str:
    return base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).decode().rstrip("=")


@given(VERIFIER)
def test_the_verifier_that_made_a_challenge_fits_it(verifier):
    assert try_verifier(verifier, make_challenge(verifier))


@given(VERIFIER, st.text(max_size=140))
def test_no_other_verifier_fits(verifier, other):
    assert try_verifier(other, make_challenge(verifier)) is (other == verifier)


@given(VERIFIER)
def test_the_challenge_itself_is_no_verifier(verifier):
    challenge = make_challenge(verifier)

    assert not try_verifier(challenge, challenge)


# --- What comes next ----------------------------------------------------------------------------------


def demand(prompt="", max_age="", acr_values="", scopes=("openid",), level=2):
    params = {"prompt": prompt, "max_age": max_age, "acr_values": acr_values}
    return read_demand(params, scopes=scopes, level=level)


@given(prompts, st.none() | st.integers(min_value=0, max_value=10**6), moments)
def test_whatever_is_asked_a_fresh_sign_in_at_level_ends_the_asking_for_one(
    asked_for, max_age, asked_at
):
    step = decide_step(
        demand(" ".join(sorted(asked_for)), "" if max_age is None else str(max_age)),
        level=2,
        authenticated_at=asked_at,
        agreed={"identity_confirmed"},
        asked_again_at=asked_at,
        at=NOW,
    )

    assert step in {Step.ANSWER, Step.CHOOSE_ACCOUNT, Step.ASK_CONSENT}


@given(prompts, st.sets(st.sampled_from(["identity_confirmed", "email"])), moments)
def test_safety_02_nothing_is_answered_below_the_level(asked_for, agreed, authenticated_at):
    step = decide_step(
        demand(" ".join(sorted(asked_for))),
        level=1,
        authenticated_at=authenticated_at,
        agreed=agreed,
        asked_again_at=authenticated_at,
        at=NOW,
    )

    assert step is Step.STEP_UP


@given(st.sets(st.sampled_from(["identity_confirmed", "email", "full_name"])))
def test_nothing_is_released_that_was_not_agreed_to(agreed):
    wanted = demand(scopes=("openid", "email"))

    step = decide_step(
        wanted, level=2, authenticated_at=NOW, agreed=agreed, asked_again_at=None, at=NOW
    )

    assert (step is Step.ANSWER) is (wanted.attributes <= agreed)


def test_of_several_levels_each_that_exists_here_is_enough():
    acr_values = "urn:satupintu:acr:ip2:al2 phr urn:satupintu:acr:ip0:al1"

    assert demand(acr_values=acr_values, level=1).accepted == (Pair(2, 2), Pair(0, 1))


def test_a_level_that_nobody_can_reach_is_said_to_be_so():
    with pytest.raises(UnattainableLevel):
        demand(acr_values="urn:satupintu:acr:ip4:al2")


@given(st.text(max_size=12), st.text(max_size=12))
def test_no_prompt_and_no_max_age_breaks_the_reading(prompt, max_age):
    try:
        read = demand(prompt, max_age)
    except BadRequest:
        return
    assert read.prompts <= PROMPTS


# --- Clocks ---------------------------------------------------------------------------------------------


@given(st.integers(min_value=-1200, max_value=1200), st.integers(min_value=1, max_value=3600))
def test_a_clock_within_the_skew_is_accepted_and_one_far_beyond_is_refused(skew, lifetime):
    issued_at = NOW.timestamp() + skew
    fault = find_fault_in_times(
        {"iat": issued_at, "exp": issued_at + lifetime},
        skew=timedelta(seconds=60),
        max_age=timedelta(minutes=5),
        at=NOW,
    )

    if abs(skew) <= 60:
        assert fault == ""
    if abs(skew) > 360:
        assert "clock" in fault
