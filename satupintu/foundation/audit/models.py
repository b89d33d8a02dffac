# SPDX-License-Identifier: Apache-2.0
from django.db import models

from satupintu.foundation.ids import new_id


class AccessRecord(models.Model):
    """One read or release of one person's data by somebody else (rule 2 of the design).

    Rows are only ever added.
    """

    pk = models.CompositePrimaryKey("account_id", "id")
    account_id = models.UUIDField()
    id = models.UUIDField(default=new_id, editable=False)
    at = models.DateTimeField()
    actor_kind = models.CharField(max_length=20)
    actor_agency = models.CharField(max_length=60, blank=True)
    actor_role = models.CharField(max_length=60, blank=True)
    on_behalf_of = models.UUIDField(null=True, blank=True)
    what = models.CharField(max_length=200)
    purpose_code = models.CharField(max_length=60)
    words_id = models.TextField()
    words_en = models.TextField()
    legal_basis = models.CharField(max_length=200)

    class Meta:
        db_table = "audit_access_record"
        indexes = [
            models.Index(fields=["account_id", "-at"], name="audit_access_by_person"),
        ]

    def __str__(self) -> str:
        return f"{self.purpose_code} {self.id}"
