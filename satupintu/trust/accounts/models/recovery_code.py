# SPDX-License-Identifier: Apache-2.0
from django.db import models

from satupintu.foundation.ids import new_id


class RecoveryCode(models.Model):
    """One code that a person keeps on paper. Shown once; only a salted password hash is kept.

    A code is 16 characters of Crockford base32: three find the row (`selector`), thirteen
    (65 bits) are the secret. Without the three, every try would cost as many hashes as there are
    codes.
    """

    pk = models.CompositePrimaryKey("account_id", "id")
    account_id = models.UUIDField()
    id = models.UUIDField(default=new_id, editable=False)
    selector = models.CharField(max_length=3)
    secret_hash = models.CharField(max_length=128)
    made_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "accounts_recovery_code"
        constraints = [
            # A typed code must find one row, not two.
            models.UniqueConstraint(
                fields=["account_id", "selector"], name="recovery_code_one_per_selector"
            ),
        ]

    def __str__(self) -> str:
        return str(self.id)
