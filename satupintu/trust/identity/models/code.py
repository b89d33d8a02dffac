# SPDX-License-Identifier: Apache-2.0
from django.db import models


class ProofCode(models.Model):
    """A short-lived code that a person shows to whoever makes sure who she is.

    Whoever types it first has opened it: nobody else can, and it is used once. Kept as a keyed
    hash; it is no code that people keep (safety rule 5), it lives for minutes.
    """

    class Purpose(models.TextChoices):
        COUNTER = "counter"
        ATTESTATION = "attestation"

    code_hash = models.CharField(primary_key=True, max_length=64)
    account_id = models.UUIDField()
    purpose = models.CharField(max_length=12, choices=Purpose)
    made_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    # A staff member or an attester, and a keyed hash of the name that she was shown.
    opened_by = models.UUIDField(null=True, blank=True)
    opened_name_hash = models.CharField(max_length=64, blank=True)
    used_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        db_table = "identity_proof_code"
        constraints = [
            # A new code takes the place of the one before: a paper that was lost opens nothing.
            models.UniqueConstraint(
                name="proof_code_one_of_each_purpose", fields=["account_id", "purpose"]
            ),
        ]

    def __str__(self) -> str:
        return f"{self.purpose} {self.made_at}"
