# SPDX-License-Identifier: Apache-2.0
"""Everything that changes the access log."""

from .erase import erase_accesses
from .heads import is_head_due, rotate_key, rotate_secrets, sign_head
from .lodge import lodge_head, plan_lodging
from .record import Actor, Words, record_access
from .seals import SealNotInForce, SecondApproverNeeded, approve_seal, propose_seal
from .sequence import sequence_accesses

__all__ = [
    "Actor",
    "SealNotInForce",
    "SecondApproverNeeded",
    "Words",
    "approve_seal",
    "erase_accesses",
    "is_head_due",
    "lodge_head",
    "plan_lodging",
    "propose_seal",
    "record_access",
    "rotate_key",
    "rotate_secrets",
    "sequence_accesses",
    "sign_head",
]
