# SPDX-License-Identifier: Apache-2.0
from .member import StaffInvitation, StaffMember, StaffPasskey
from .proposal import Proposal, Suspension
from .session import StaffSession

__all__ = [
    "Proposal",
    "StaffInvitation",
    "StaffMember",
    "StaffPasskey",
    "StaffSession",
    "Suspension",
]
