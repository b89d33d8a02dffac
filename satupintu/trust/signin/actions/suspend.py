# SPDX-License-Identifier: Apache-2.0
from uuid import UUID

from satupintu.trust.staff.actions import Suspended

from .given import end_given
from .withdraw import revoke_sign_ins


def end_tokens_of_suspended(suspended: Suspended) -> None:
    """A stolen key may have got tokens already: those of its client are dead with it. And what any
    agency holds of a person who is stopped, also what needs no session of hers.

    Runs inside the transaction that suspends. For a client or an agency nothing is to be done:
    their tokens are refused when they are read.
    """
    if suspended.kind == "key":
        end_given({"client_id": suspended.target.partition(" ")[0]}, at=suspended.at)
    elif suspended.kind == "person":
        revoke_sign_ins(account_id=UUID(suspended.target), agency_slug=None, at=suspended.at)
