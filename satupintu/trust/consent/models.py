# SPDX-License-Identifier: Apache-2.0
from django.db import models

from satupintu.foundation.ids import new_id


class Consent(models.Model):
    """One person's yes to one agency seeing one attribute, for one purpose, until a day.

    Rows are ended, never changed: what a person had agreed to on a day can always be told.
    """

    class EndedBy(models.TextChoices):
        """Who or what ended it."""

        PERSON = "person"
        UNLINKED = "unlinked"  # she unlinked her record at the agency
        TIME = "time"  # it had run out, and was given again

    pk = models.CompositePrimaryKey("account_id", "id")
    account_id = models.UUIDField()
    id = models.UUIDField(default=new_id, editable=False)
    agency = models.CharField(max_length=60)  # a slug
    attribute = models.CharField(max_length=60)
    purpose = models.CharField(max_length=60)
    given_at = models.DateTimeField()
    # By the rulebook of that day. A row without one gives nothing.
    ends_at = models.DateTimeField(null=True, blank=True)
    # What the session had proved when she agreed: 1 or 2 (AL1, AL2).
    level = models.PositiveSmallIntegerField(null=True, blank=True)
    words_version = models.CharField(max_length=12, blank=True, db_default="")
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    withdrawn_by = models.CharField(max_length=20, choices=EndedBy, blank=True, db_default="")

    class Meta:
        db_table = "consent_consent"
        constraints = [
            # Two running consents for the same thing would leave one behind when withdrawn.
            models.UniqueConstraint(
                name="consent_one_running",
                fields=["account_id", "agency", "attribute"],
                condition=models.Q(withdrawn_at__isnull=True),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.agency}: {self.attribute}"


class Wording(models.Model):
    """The words that people were shown, one row a version: what was agreed to can be read again
    in the words of that day."""

    version = models.CharField(primary_key=True, max_length=12)
    attribute = models.CharField(max_length=60)
    purpose = models.CharField(max_length=60)
    attribute_words_id = models.TextField()
    attribute_words_en = models.TextField()
    purpose_words_id = models.TextField()
    purpose_words_en = models.TextField()
    legal_basis = models.CharField(max_length=200)
    first_shown_at = models.DateTimeField()

    class Meta:
        db_table = "consent_wording"

    def __str__(self) -> str:
        return self.version
