# SPDX-License-Identifier: Apache-2.0
from django.db import models

from satupintu.foundation.ids import new_id

from .rules import LONGEST_ANSWER, LONGEST_QUESTION


class Question(models.Model):
    """One person asks why one line stands in her access log.

    Keeps no copy of the line: what it said is read from the log, and is gone with it (safety 20).
    """

    pk = models.CompositePrimaryKey("account_id", "id")
    account_id = models.UUIDField()
    id = models.UUIDField(default=new_id, editable=False)
    access_id = models.UUIDField()
    # Who answers: an agency by the API, or staff in this portal (then `agency` is whose staff,
    # empty for those of the portal itself).
    agency = models.CharField(max_length=60, blank=True)
    for_staff = models.BooleanField(default=False)
    text = models.CharField(max_length=LONGEST_QUESTION, blank=True)
    asked_at = models.DateTimeField()
    due_at = models.DateTimeField()
    # When the agency took the question from us.
    told_at = models.DateTimeField(null=True, blank=True)
    answered_at = models.DateTimeField(null=True, blank=True)
    answer = models.CharField(max_length=LONGEST_ANSWER, blank=True)
    answer_language = models.CharField(max_length=2, blank=True)

    class Meta:
        db_table = "questions_question"
        indexes = [
            # What an agency, or staff, has yet to answer; few rows beside all.
            models.Index(
                fields=["agency", "for_staff", "due_at"],
                name="questions_open",
                condition=models.Q(answered_at=None),
            ),
            # An agency names a question by its id alone.
            models.Index(fields=["agency", "id"], name="questions_by_agency"),
        ]
        constraints = [
            # A line is asked about once: a second click, or a second tab, finds the first.
            models.UniqueConstraint(
                name="question_one_per_line", fields=["account_id", "access_id"]
            ),
            # An answer says something, in a language, at a moment; or there is none.
            models.CheckConstraint(
                name="question_answer_is_whole",
                condition=models.Q(answered_at=None, answer="", answer_language="")
                | (
                    models.Q(answered_at__isnull=False, answer_language__in=["id", "en"])
                    & ~models.Q(answer="")
                ),
            ),
        ]

    def __str__(self) -> str:
        return f"question {self.id}"
