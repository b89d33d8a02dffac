# SPDX-License-Identifier: Apache-2.0
from .proofing import EvidenceHolder, Proofing

__all__ = ["EvidenceHolder", "Proofing"]
