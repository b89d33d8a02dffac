# SPDX-License-Identifier: Apache-2.0
"""Small courtesies. Pure."""

from datetime import datetime
from typing import Literal

PartOfDay = Literal["morning", "midday", "afternoon", "evening"]


def name_part_of_day(local: datetime) -> PartOfDay:
    """How one greets at this local time: pagi until 11, siang until 15, sore until 18, malam."""
    if 4 <= local.hour < 11:
        return "morning"
    if 11 <= local.hour < 15:
        return "midday"
    if 15 <= local.hour < 18:
        return "afternoon"
    return "evening"
