# SPDX-License-Identifier: Apache-2.0
from .confirm import done, review, unfinished
from .directory import show_agency, show_directory
from .end import unlink
from .prove import answer_questions, enter_code, start
from .settle import settle

__all__ = [
    "answer_questions",
    "done",
    "enter_code",
    "review",
    "settle",
    "show_agency",
    "show_directory",
    "start",
    "unfinished",
    "unlink",
]
