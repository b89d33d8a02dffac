# SPDX-License-Identifier: Apache-2.0
"""The rules of keychain.py, for every chain that can be."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from satupintu.trust.signin import keychain
from satupintu.trust.signin.keychain import KeyCard, KeyState

BEGAN = datetime(2026, 1, 1, tzinfo=UTC)
DAY = timedelta(days=1)
TRAIL = 2 * DAY


@st.composite
def chains(draw):
    """Keys that follow each other, some of them suspended, with one at the end that never is."""
    cards, signs_from, predecessor = [], BEGAN, "ES256"
    gaps = draw(st.lists(st.integers(0, 120), min_size=1, max_size=6))
    for number, gap in enumerate(gaps):
        is_last = number == len(gaps) - 1
        suspended = None if is_last else draw(st.none() | st.integers(-60, 400))
        cards.append(
            KeyCard(
                kid=f"k{number}",
                algorithm="ES256",
                predecessor=predecessor,
                created_at=signs_from - 200 * DAY,
                signs_from=signs_from,
                suspended_at=None if suspended is None else BEGAN + suspended * DAY,
            )
        )
        predecessor, signs_from = f"k{number}", signs_from + gap * DAY
    shuffled = draw(st.permutations(cards))
    return keychain.order_chain(shuffled, algorithm="ES256")


moments = st.integers(-10, 800).map(lambda days: BEGAN + days * DAY)


def states(chain, at):
    return {
        card.kid: keychain.name_state(chain, card, published_after=TRAIL, at=at) for card in chain
    }


@given(chains())
def test_the_order_is_that_of_the_chain_whatever_the_table_answers(chain):
    assert [card.kid for card in chain] == [f"k{number}" for number in range(len(chain))]


@given(chains(), moments)
def test_exactly_one_key_signs_and_it_is_not_suspended(chain, at):
    signing = keychain.choose_signing_key(chain, at=at)

    assert signing is not None
    assert signing.suspended_at is None
    assert list(states(chain, at).values()).count(KeyState.SIGNING) == 1


@given(chains(), moments)
def test_nothing_older_than_a_key_that_was_lost_while_it_signed_signs(chain, at):
    signing = keychain.choose_signing_key(chain, at=at)

    assert not any(card.had_signed for card in chain[chain.index(signing) :])


@given(chains(), moments, moments)
def test_the_key_that_signs_is_never_an_older_one_later(chain, one, other):
    first, then = sorted((one, other))
    places = [chain.index(keychain.choose_signing_key(chain, at=at)) for at in (first, then)]

    assert places == sorted(places)


@given(chains(), moments)
def test_what_signed_a_moment_ago_is_still_published(chain, at):
    signed = keychain.choose_signing_key(chain, at=at - TRAIL + timedelta(seconds=1))

    assert states(chain, at)[signed.kid] in {KeyState.SIGNING, KeyState.RETIRED}


@given(st.integers(0, 100), st.integers(0, 100), st.integers(0, 100))
def test_lead_and_trail_are_never_shorter_than_what_depends_on_them(asked, other, skew):
    asked, other, skew = (timedelta(hours=hours) for hours in (asked, other, skew))
    lead = keychain.compute_lead(asked=asked, cached=other)
    trail = keychain.compute_trail(asked=asked, signed_for=other, skew=skew)

    assert lead >= max(asked, other + timedelta(seconds=1))
    assert trail >= max(asked, other + skew + timedelta(seconds=1))


def test_what_follows_a_key_that_was_forgotten_keeps_its_order():
    cards = [
        KeyCard("b", "ES256", "gone", BEGAN, BEGAN),
        KeyCard("c", "ES256", "b", BEGAN, BEGAN),
        KeyCard("other", "RS256", "RS256", BEGAN, BEGAN),
    ]

    assert [card.kid for card in keychain.order_chain(cards[::-1], algorithm="ES256")] == ["b", "c"]
