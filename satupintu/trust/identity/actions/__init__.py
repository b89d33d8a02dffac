# SPDX-License-Identifier: Apache-2.0
"""Everything that changes how strongly we know who somebody is."""

from satupintu.trust.identity.provider import ProviderAnswersNonsense, ProviderUnavailable

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
    "Evidence",
    "EvidenceHeldElsewhere",
    "NameDiffers",
    "NameIsProved",
    "ProviderAnswersNonsense",
    "ProviderUnavailable",
    "VisitDeclined",
    "VisitLost",
    "end_proofing",
    "finish_visit",
    "guard_name",
    "hash_evidence",
    "record_proofing",
    "start_visit",
]
