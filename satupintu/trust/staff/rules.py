# SPDX-License-Identifier: Apache-2.0
"""Which role may do what, and for how long access lasts. Pure.

`PERMISSIONS` is the whole table: a role that is not named may not. A part that adds a page for
staff adds its line here, so that one page tells an auditor everything.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum

OWNER = "owner"
INTEGRATOR = "integrator"
HELP_DESK = "help_desk"
STEWARD = "steward"
FRAUD_DESK = "fraud_desk"
ROLES = (OWNER, INTEGRATOR, HELP_DESK, STEWARD, FRAUD_DESK)

PERMISSIONS: Mapping[str, frozenset[str]] = {
    # One's own place.
    "home.see": frozenset(ROLES),
    "passkeys.manage": frozenset(ROLES),
    # Colleagues: an owner's own agency; stewards look after owners and each other.
    "members.manage": frozenset({OWNER, STEWARD}),
    "members.review": frozenset({OWNER, STEWARD}),
    "reviews.oversee": frozenset({STEWARD}),
    # Four eyes: who may do which act stands in FOUR_EYES.
    "proposals.see": frozenset(ROLES),
    # A counter: make sure of a person and her papers, by a code that she shows.
    "counter.confirm": frozenset({HELP_DESK}),
    # What people ask about their access log: an owner what her agency's staff did here, a steward
    # what those of the portal did.
    "questions.answer": frozenset({OWNER, STEWARD}),
    # Communities whose attesters vouch for people without papers (safety rule 17).
    "communities.see": frozenset({OWNER, HELP_DESK, STEWARD, FRAUD_DESK}),
    "communities.register": frozenset({STEWARD}),
    "attesters.enrol": frozenset({OWNER, HELP_DESK, STEWARD}),
    "attesters.revoke": frozenset({OWNER, STEWARD, FRAUD_DESK}),
    "attestations.review": frozenset({FRAUD_DESK, STEWARD}),
    # How many people one attester vouched for (safety rule 26).
    "attesters.count": frozenset({FRAUD_DESK}),
    # Suspension: of one's own agency's, and of everything by stewards.
    "suspensions.see": frozenset({OWNER, INTEGRATOR, STEWARD, FRAUD_DESK}),
    "suspend.agency": frozenset({STEWARD}),
    "suspend.client": frozenset({OWNER, INTEGRATOR, STEWARD}),
    "suspend.key": frozenset({OWNER, INTEGRATOR, STEWARD}),
    "suspend.person": frozenset({FRAUD_DESK, STEWARD}),
    "suspend.staff": frozenset({OWNER, STEWARD}),
    # "This wasn't me": the number comes from the person; which cases there are at all, few see.
    "cases.see": frozenset({HELP_DESK, FRAUD_DESK, STEWARD}),
    "cases.queue": frozenset({FRAUD_DESK, STEWARD}),
    "cases.freeze": frozenset({HELP_DESK, FRAUD_DESK, STEWARD}),
}


@dataclass(frozen=True)
class FourEyes:
    """Who may propose an act that takes two people, and who may approve it."""

    propose: frozenset[str]
    approve: frozenset[str]


# Acts that one person alone never does. Parts register what each does (`register_act`).
FOUR_EYES: Mapping[str, FourEyes] = {
    "lift_suspension": FourEyes(
        propose=frozenset({OWNER, INTEGRATOR, STEWARD, FRAUD_DESK}),
        approve=frozenset({OWNER, STEWARD, FRAUD_DESK}),
    ),
    # "This wasn't me": giving an account back after proofing.
    "restore_person": FourEyes(
        propose=frozenset({HELP_DESK, FRAUD_DESK, STEWARD}),
        approve=frozenset({HELP_DESK, FRAUD_DESK, STEWARD}),
    ),
    # Safety rule 17: who vouches for others is chosen by two.
    "enrol_attester": FourEyes(
        propose=frozenset({HELP_DESK, OWNER, STEWARD}), approve=frozenset({OWNER, STEWARD})
    ),
    # Safety rule 18.
    "reveal_protected_address": FourEyes(
        propose=frozenset({HELP_DESK, FRAUD_DESK}),
        approve=frozenset({OWNER, STEWARD}),
    ),
    # Safety rule 19.
    "seal_access": FourEyes(propose=frozenset({FRAUD_DESK, STEWARD}), approve=frozenset({STEWARD})),
}


def may(role: str, permission: str) -> bool:
    """Deny by default: an unknown permission, and an unknown role, may nothing."""
    return role in PERMISSIONS.get(permission, frozenset())


def may_look_after(
    *, role: str, agency: str, other_role: str, other_agency: str, is_self: bool
) -> bool:
    """Whether somebody may invite, change, end or confirm somebody else.

    Nobody looks after herself. An owner has the people of her own agency, other owners too, but
    makes no steward; a steward has owners everywhere and the other stewards.
    """
    if is_self:
        return False
    if role == OWNER:
        return bool(agency) and agency == other_agency and other_role != STEWARD
    if role == STEWARD:
        return other_role in {OWNER, STEWARD}
    return False


def may_propose(*, act: str, role: str) -> bool:
    return act in FOUR_EYES and role in FOUR_EYES[act].propose


def may_approve(*, act: str, role: str, agency: str, proposed_in: str, is_proposer: bool) -> bool:
    """Never the one who proposed; somebody of the same agency, or a steward."""
    return (
        not is_proposer
        and act in FOUR_EYES
        and role in FOUR_EYES[act].approve
        and (role == STEWARD or (bool(agency) and agency == proposed_in))
    )


def may_suspend(
    *, kind: str, role: str, agency: str, target_agency: str | None, is_self: bool
) -> bool:
    """Whether a role may suspend something of `target_agency`; None belongs to no agency.

    Stewards reach everything; others what is their own agency's. A person belongs to nobody.
    """
    if is_self or not may(role, f"suspend.{kind}"):
        return False
    if role == STEWARD or kind == "person":
        return True
    return bool(agency) and agency == target_agency


def get_roles_to_give(role: str) -> tuple[str, ...]:
    """The roles that somebody of `role` may give to others."""
    if role == OWNER:
        return (OWNER, INTEGRATOR, HELP_DESK, FRAUD_DESK)
    return (OWNER, STEWARD) if role == STEWARD else ()


def compute_session_end(
    *, started_at: datetime, seen_at: datetime, idle: timedelta, lifetime: timedelta
) -> datetime:
    """When a staff session ends if no further page is opened (safety rule 7; NIST SP 800-63B-4,
    2.3: AAL3 needs re-authentication after 12 h, or 15 min of inactivity)."""
    return min(seen_at + idle, started_at + lifetime)


class Review(Enum):
    """Where somebody stands in the quarterly review of access."""

    CONFIRMED = "confirmed"
    DUE = "due"
    OVERDUE = "overdue"
    LOCKED = "locked"


def judge_review(
    *,
    confirmed_at: datetime,
    at: datetime,
    interval: timedelta,
    notice: timedelta,
    grace: timedelta,
) -> Review:
    """`confirmed_at` is the last review, or the day somebody joined. From `notice` before the
    interval's end it is due; afterwards overdue; after `grace` more the way in is closed."""
    since = at - confirmed_at
    if since >= interval + grace:
        return Review.LOCKED
    if since >= interval:
        return Review.OVERDUE
    return Review.DUE if since >= interval - notice else Review.CONFIRMED
