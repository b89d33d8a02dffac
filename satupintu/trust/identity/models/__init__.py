# SPDX-License-Identifier: Apache-2.0
from .code import ProofCode
from .proofing import EvidenceHolder, Proofing

__all__ = ["EvidenceHolder", "ProofCode", "Proofing"]
