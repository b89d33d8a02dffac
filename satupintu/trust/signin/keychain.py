# SPDX-License-Identifier: Apache-2.0
"""Which of the portal's keys signs, and which are published, at a moment (ADR 0027). Pure.

The keys of an algorithm are a chain: each but the first has a predecessor, and takes over from it
at `signs_from`. The next one always stands ready, published long before it signs, so that a
rotation, and even the loss of a key, finds it in every cache already.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

ALGORITHMS = ("ES256", "RS256")
# What is written down here is known everywhere after this (foundation/snapshot.py, half a minute),
# and clocks differ by a little.
KNOWN_EVERYWHERE_AFTER = timedelta(minutes=1)


@dataclass(frozen=True)
class KeyCard:
    """One key of the portal, without the key."""

    kid: str
    algorithm: str
    predecessor: str  # its kid; the algorithm itself for the first of a chain
    created_at: datetime
    signs_from: datetime
    suspended_at: datetime | None = None
    suspended_for: str = ""

    @property
    def had_signed(self) -> bool:
        """Whether it was suspended only after it had begun to sign."""
        return self.suspended_at is not None and self.signs_from <= self.suspended_at


class KeyState(StrEnum):
    NEXT = "next"
    SIGNING = "signing"
    RETIRED = "retired"  # signs no more; published while something that it signed may live
    OVER = "over"  # published no more
    SUSPENDED = "suspended"


def order_chain(cards: Iterable[KeyCard], *, algorithm: str) -> list[KeyCard]:
    """Each after its predecessor; what follows a key that was forgotten, by age."""
    own = [card for card in cards if card.algorithm == algorithm]
    kids = {card.kid for card in own}
    successors = {card.predecessor: card for card in own}
    ordered = []
    for card in sorted(own, key=lambda card: card.created_at):
        link = card if card.predecessor not in kids else None
        while link is not None:
            ordered.append(link)
            link = successors.get(link.kid)
    return ordered


def choose_signing_key(chain: Sequence[KeyCard], *, at: datetime) -> KeyCard | None:
    """The latest that has begun, and never one that came before a key that was suspended: what
    retired stays retired. With clocks apart, a key that signs elsewhere already signs here too."""
    after = max((place for place, card in enumerate(chain, start=1) if card.had_signed), default=0)
    able = [card for card in chain[after:] if card.suspended_at is None]
    begun = [card for card in able if card.signs_from <= at]
    return begun[-1] if begun else next(iter(able), None)


def find_next_key(chain: Sequence[KeyCard], *, at: datetime) -> KeyCard | None:
    """The one that takes over from the one that signs."""
    signing = choose_signing_key(chain, at=at)
    waiting = [card for card in chain if card.suspended_at is None and card.signs_from > at]
    return next((card for card in waiting if card is not signing), None)


def find_end(chain: Sequence[KeyCard], card: KeyCard) -> datetime | None:
    """When a key ceases to sign; None while nothing follows it."""
    later = chain[chain.index(card) + 1 :]
    return next((one.signs_from for one in later if one.suspended_at is None), None)


def name_state(
    chain: Sequence[KeyCard], card: KeyCard, *, published_after: timedelta, at: datetime
) -> KeyState:
    if card.suspended_at is not None:
        return KeyState.SUSPENDED
    if card == choose_signing_key(chain, at=at):
        return KeyState.SIGNING
    if card.signs_from > at:
        return KeyState.NEXT
    end = find_end(chain, card)
    return KeyState.OVER if end is not None and end + published_after <= at else KeyState.RETIRED


def compute_lead(*, asked: timedelta, cached: timedelta) -> timedelta:
    """How long a key is published before it signs: as the rulebook asks, and never less than it
    takes until no program has a list without it."""
    return max(asked, cached + KNOWN_EVERYWHERE_AFTER)


def compute_trail(*, asked: timedelta, signed_for: timedelta, skew: timedelta) -> timedelta:
    """How long a key is published after it signed last: as the rulebook asks, and never less than
    what it signed may live, on clocks that differ."""
    return max(asked, signed_for + skew + KNOWN_EVERYWHERE_AFTER)
