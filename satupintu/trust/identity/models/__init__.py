# SPDX-License-Identifier: Apache-2.0
from .code import ProofCode
from .community import Attestation, AttestationReview, Attester, Community
from .proofing import EvidenceHolder, Proofing

__all__ = [
    "Attestation",
    "AttestationReview",
    "Attester",
    "Community",
    "EvidenceHolder",
    "ProofCode",
    "Proofing",
]
