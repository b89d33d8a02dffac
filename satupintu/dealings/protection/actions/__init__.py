# SPDX-License-Identifier: Apache-2.0
"""Everything that happens after "this wasn't me"."""

from .decide import LevelTooLow, NoSuchLink, end_link, note_ended, take_back_link
from .freeze import TooManyCallers, freeze, freeze_for_caller
from .restore import (
    CodeFitsNoBrowser,
    NoSuchCase,
    NotSeen,
    PaperTooWeak,
    RestorationOver,
    Started,
    TooManyLooks,
    TooManyStarts,
    carry_out_restoration,
    forget_restorations,
    look_at_person,
    propose_restoration,
    record_case_reading,
    renew,
    start_restoration,
)
from .tell import tell_agency, tell_unheard

__all__ = [
    "CodeFitsNoBrowser",
    "LevelTooLow",
    "NoSuchCase",
    "NoSuchLink",
    "NotSeen",
    "PaperTooWeak",
    "RestorationOver",
    "Started",
    "TooManyCallers",
    "TooManyLooks",
    "TooManyStarts",
    "carry_out_restoration",
    "end_link",
    "forget_restorations",
    "freeze",
    "freeze_for_caller",
    "look_at_person",
    "note_ended",
    "propose_restoration",
    "record_case_reading",
    "renew",
    "start_restoration",
    "take_back_link",
    "tell_agency",
    "tell_unheard",
]
