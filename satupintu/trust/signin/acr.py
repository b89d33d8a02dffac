# SPDX-License-Identifier: Apache-2.0
"""`acr`: a proofing level of the person with an authentication level of her session. Pure.

One URN per pair (OpenID Connect Core 1.0, section 2, acr). Two pairs may be such that neither is
the stronger: a stranger with a passkey, and somebody well known with a password alone.
"""

import re
from collections.abc import Collection
from dataclasses import dataclass


@dataclass(frozen=True)
class Pair:
    """What one `acr` says."""

    identity: int  # IP0 to IP3, of the person
    authentication: int  # AL1 or AL2, of the session

    def reaches(self, other: "Pair") -> bool:
        """At least as strong in both."""
        return self.identity >= other.identity and self.authentication >= other.authentication

    def join(self, other: "Pair") -> "Pair":
        """The weakest pair that reaches both."""
        return Pair(
            max(self.identity, other.identity), max(self.authentication, other.authentication)
        )


PAIRS = tuple(Pair(ip, al) for ip in (0, 1, 2, 3) for al in (1, 2))
# The authentication levels, as the rulebook writes them.
LEVELS = {"AL1": 1, "AL2": 2}
_URN = re.compile(r"urn:satupintu:acr:ip([0-3]):al([12])", re.ASCII)


def name_acr(pair: Pair) -> str:
    """The URN of a pair. In which way a level was reached, it does not say (safety rule 17)."""
    return f"urn:satupintu:acr:ip{pair.identity}:al{pair.authentication}"


def read_acr(value: str) -> Pair | None:
    """The pair that a URN names; None for any other value."""
    found = _URN.fullmatch(value)
    return Pair(int(found[1]), int(found[2])) if found else None


def choose_target(accepted: Collection[Pair], *, has: Pair) -> Pair:
    """Which of the accepted pairs, of which there is at least one, the person should reach.

    One that she has, if any; then one that another factor brings, which takes a minute; and only
    then one for which she must prove who she is. Of several, the least.
    """
    return min(
        accepted,
        key=lambda pair: (
            not has.reaches(pair),
            pair.identity > has.identity,
            pair.identity,
            pair.authentication,
        ),
    )
