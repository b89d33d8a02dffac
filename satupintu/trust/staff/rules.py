# SPDX-License-Identifier: Apache-2.0
"""Which role may do what, and for how long access lasts. Pure.

`PERMISSIONS` is the whole table: a role that is not named may not. A part that adds a page for
staff adds its line here, so that one page tells an auditor everything.
"""

from collections.abc import Mapping
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
