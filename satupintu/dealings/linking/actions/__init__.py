# SPDX-License-Identifier: Apache-2.0
"""Everything that changes a link. Nothing else in the product writes one."""

from .confirm import ProofExpired, ProofInDoubt, RecordCannotBeLinked, confirm_link
from .end import NotLinked, give_up_pending, sweep_links, tell_agency, unlink
from .freeze import Frozen, LinkNotFrozen, freeze_links, thaw_link
from .notices import pause_link, tell_record_owner, tell_untold_owners
from .prove import AlreadyLinked, CodeIsNotWhole, abandon_attempt, enter_code, send_enquiry
from .secrets import rotate_secrets
from .settle import ProofTooWeak, settle_link
from .tries import AnswersFitNothing, CodeFitsNothing, RouteClosed

__all__ = [
    "AlreadyLinked",
    "AnswersFitNothing",
    "CodeFitsNothing",
    "CodeIsNotWhole",
    "Frozen",
    "LinkNotFrozen",
    "NotLinked",
    "ProofExpired",
    "ProofInDoubt",
    "ProofTooWeak",
    "RecordCannotBeLinked",
    "RouteClosed",
    "abandon_attempt",
    "confirm_link",
    "enter_code",
    "freeze_links",
    "give_up_pending",
    "pause_link",
    "rotate_secrets",
    "send_enquiry",
    "settle_link",
    "sweep_links",
    "tell_agency",
    "tell_record_owner",
    "tell_untold_owners",
    "thaw_link",
    "unlink",
]
