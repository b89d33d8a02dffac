# SPDX-License-Identifier: Apache-2.0
from django.db import models

from satupintu.foundation.ids import new_id


class Consent(models.Model):
    """One person's yes to one agency seeing one attribute, for one purpose.

    Rows are ended, never changed: what a person had agreed to on a day can always be told.
    """

    pk = models.CompositePrimaryKey("account_id", "id")
    account_id = models.UUIDField()
    id = models.UUIDField(default=new_id, editable=False)
    agency = models.CharField(max_length=60)  # a slug
    attribute = models.CharField(max_length=60)
    purpose = models.CharField(max_length=60)
    given_at = models.DateTimeField()
    withdrawn_at = models.DateTimeField(null=True, blank=True)

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
