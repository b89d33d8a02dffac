# SPDX-License-Identifier: Apache-2.0
"""Everything that changes how strongly we know who somebody is."""

from satupintu.trust.identity.provider import ProviderAnswersNonsense, ProviderUnavailable

from .codes import (
    CodeTriesUsedUp,
    CodeUnknown,
    NameChanged,
    NameMissing,
    Opened,
    ShownCode,
    TooManyCodes,
    forget_codes,
    make_code,
)
from .counter import (
    CounterBusy,
    CounterClosed,
    OwnProof,
    confirm_at_counter,
    get_counter_level,
    look_at_code,
)
from .record import (
    CLAIMED_TWICE,
    ENDED,
    PROVED,
    Evidence,
    EvidenceHeldElsewhere,
    NameDiffers,
    NameIsProved,
    end_proofing,
    guard_name,
    hash_evidence,
    record_proofing,
)
from .visit import (
    VisitDeclined,
    VisitLost,
    finish_visit,
    start_visit,
)

__all__ = [
    "CLAIMED_TWICE",
    "ENDED",
    "PROVED",
    "CodeTriesUsedUp",
    "CodeUnknown",
    "CounterBusy",
    "CounterClosed",
    "Evidence",
    "EvidenceHeldElsewhere",
    "NameChanged",
    "NameDiffers",
    "NameIsProved",
    "NameMissing",
    "Opened",
    "OwnProof",
    "ProviderAnswersNonsense",
    "ProviderUnavailable",
    "ShownCode",
    "TooManyCodes",
    "VisitDeclined",
    "VisitLost",
    "confirm_at_counter",
    "end_proofing",
    "finish_visit",
    "forget_codes",
    "get_counter_level",
    "guard_name",
    "hash_evidence",
    "look_at_code",
    "make_code",
    "record_proofing",
    "start_visit",
]
