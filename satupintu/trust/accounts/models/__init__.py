# SPDX-License-Identifier: Apache-2.0
from .account import Account
from .activity import Activity
from .pause import Pause, PauseCode
from .recovery_code import RecoveryCode
from .session import AccountSession, EndedSession

__all__ = [
    "Account",
    "AccountSession",
    "Activity",
    "EndedSession",
    "Pause",
    "PauseCode",
    "RecoveryCode",
]
