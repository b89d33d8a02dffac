# SPDX-License-Identifier: Apache-2.0
from .member import StaffInvitation, StaffMember, StaffPasskey
from .session import StaffSession

__all__ = ["StaffInvitation", "StaffMember", "StaffPasskey", "StaffSession"]
