# SPDX-License-Identifier: Apache-2.0
"""How strongly we know who a person is. Pure.

Proofing levels (design; NIST SP 800-63A-4, 2.2): IP0 nobody has checked; IP1 others vouch for
her, or evidence was shown; IP2 evidence was checked at its source and it is hers; IP3 the same, in
person with a trained member of staff. The level belongs to the person; the authentication level
(AL1, AL2) belongs to one session.
"""

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

HIGHEST = 3


class Method(StrEnum):
    """The ways in which a person can prove who she is."""

    PROVIDER = "provider"  # another identity provider that has checked her, over OpenID Connect
    COUNTER = "counter"  # staff saw her and her papers
    ATTESTATION = "attestation"  # two enrolled attesters of a community know her


# What each way can reach at most. Safety rule 17: attestation alone reaches IP1.
CEILINGS = {Method.PROVIDER: 2, Method.COUNTER: 3, Method.ATTESTATION: 1}


class Paper(StrEnum):
    """What a person may show at a counter. The rulebook says how far each takes her
    (`identity.counter_<paper>`); the kind is written down, a number never."""

    ID_CARD_IN_REGISTER = "id_card_in_register"  # and staff found it in the population register
    ID_CARD = "id_card"
    PASSPORT = "passport"
    RESIDENCE_PERMIT = "residence_permit"
    WITHOUT_PHOTO = "without_photo"  # a family card or a birth certificate


@dataclass(frozen=True)
class Proof:
    """One proofing that nobody ended, as far as the level depends on it."""

    level: int
    valid_until: datetime


def compute_level(proofs: Iterable[Proof], *, at: datetime) -> int:
    """The strongest proof that is valid; two weak ones never add up to a strong one."""
    return max((proof.level for proof in proofs if at < proof.valid_until), default=0)


@dataclass(frozen=True)
class Vouch:
    """One attester's word, as far as it depends on whose it is."""

    attestation_id: UUID
    attester_id: UUID
    community_id: UUID


def find_pair(vouches: Iterable[Vouch]) -> tuple[Vouch, Vouch] | None:
    """Two that make a proof: of two attesters from two communities, so that whichever community
    the person belongs to, at least one is from outside (safety rule 17). None where there are
    no such two."""
    kept = list(vouches)
    for number, first in enumerate(kept):
        for second in kept[number + 1 :]:
            if (
                first.attester_id != second.attester_id
                and first.community_id != second.community_id
            ):
                return first, second
    return None


def read_level(name: str) -> int:
    """The number of a level as the rulebook writes it: "IP2" is 2. Raises ValueError."""
    if not re.fullmatch(r"IP[0-3]", name):
        raise ValueError(f"{name!r} is no proofing level")
    return int(name[2])


def is_same_name(one: str, other: str) -> bool:
    """Whether two spellings are of one name: case, accents, hyphens and spaces say nothing.

    The order and number of words do: a name is not a set. Two empty names are no name.
    """
    return spell_name(one) == spell_name(other) != ""


def spell_name(name: str) -> str:
    """What is left of a name where spelling is left out: for comparing, never for showing."""
    plain = unicodedata.normalize("NFKD", name).casefold()
    return "".join(character for character in plain if character.isalnum())
