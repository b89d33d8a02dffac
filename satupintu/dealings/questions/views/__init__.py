# SPDX-License-Identifier: Apache-2.0
from .desk import answer, list_for_staff
from .person import list_own, why

__all__ = ["answer", "list_for_staff", "list_own", "why"]
