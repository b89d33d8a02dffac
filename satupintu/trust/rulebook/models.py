# SPDX-License-Identifier: Apache-2.0
from django.db import models

from satupintu.foundation.ids import new_id


class Policy(models.Model):
    """One value of one policy, for one agency or for all, from a day on, with its source.

    `value` is JSON; `kind` says how it is read (see rules.py). Rows are never changed, only
    ended: what was in force on a day can always be told.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    name = models.CharField(max_length=100)
    agency = models.CharField(max_length=60, blank=True)  # a slug; empty: holds for all
    kind = models.CharField(max_length=20)
    value = models.JSONField()
    valid_from = models.DateTimeField()
    valid_until = models.DateTimeField(null=True, blank=True)
    source = models.CharField(max_length=300)

    class Meta:
        db_table = "rulebook_policy"
        constraints = [
            # Two values that start on the same moment would make the answer a matter of luck.
            models.UniqueConstraint(
                name="policy_one_value_from_a_moment", fields=["name", "agency", "valid_from"]
            ),
            models.CheckConstraint(
                name="policy_ends_after_it_starts",
                condition=models.Q(valid_until__isnull=True)
                | models.Q(valid_until__gt=models.F("valid_from")),
            ),
            models.CheckConstraint(name="policy_has_a_source", condition=~models.Q(source="")),
        ]

    def __str__(self) -> str:
        return f"{self.name} {self.agency}".strip()
