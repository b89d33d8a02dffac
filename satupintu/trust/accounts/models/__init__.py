# SPDX-License-Identifier: Apache-2.0
from .account import Account
from .session import AccountSession

__all__ = ["Account", "AccountSession"]
