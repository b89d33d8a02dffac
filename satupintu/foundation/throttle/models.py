# SPDX-License-Identifier: Apache-2.0
from django.db import models


class Attempts(models.Model):
    """How often something was tried within one window, counted by one atomic statement.

    `key` is a keyed hash: the table tells nobody who tried.
    """

    scope = models.CharField(max_length=60)
    key = models.CharField(max_length=64)
    window_ends_at = models.DateTimeField()
    count = models.IntegerField()

    class Meta:
        db_table = "throttle_attempts"
        constraints = [
            # Two workers that count the same try must meet in one row.
            models.UniqueConstraint(name="throttle_one_row_per_key", fields=["scope", "key"]),
        ]
        indexes = [models.Index(fields=["window_ends_at"], name="throttle_expiry")]

    def __str__(self) -> str:
        return f"{self.scope}: {self.count}"
