# SPDX-License-Identifier: Apache-2.0
from django.db import models

from satupintu.foundation.ids import new_id
from satupintu.trust.identity.rules import CEILINGS, HIGHEST, Method


class Proofing(models.Model):
    """One time that somebody made sure who a person is. Ended, never changed or removed.

    The person's level is never stored: it is asked of these rows at a moment (see queries).
    """

    class EndReason(models.TextChoices):
        REPLACED = "replaced"  # the same evidence, shown again
        WITHDRAWN = "withdrawn"  # by the person herself
        REVOKED = "revoked"  # by whoever vouched for her, or by a steward

    pk = models.CompositePrimaryKey("account_id", "id")
    account_id = models.UUIDField()
    id = models.UUIDField(default=new_id, editable=False)
    method = models.CharField(max_length=20, choices=[(one.value, one.value) for one in Method])
    level = models.PositiveSmallIntegerField()
    # Who made sure: a provider's or an agency's slug, and in which role; never a staff member.
    by = models.SlugField(max_length=60)
    role = models.SlugField(max_length=60)
    # What was shown, where it must be found again without being known: a keyed hash.
    evidence_hash = models.CharField(max_length=64, blank=True)
    # Names of the attributes that were compared and fitted ("full_name"), never their values.
    matched = models.CharField(max_length=200, blank=True, db_default="")
    # Which kind of paper staff saw at a counter; never its number.
    paper = models.CharField(max_length=20, blank=True, db_default="")
    # A reference that staff may need again, encrypted; never a copy of a paper.
    reference_encrypted = models.TextField(blank=True)
    proved_at = models.DateTimeField()
    valid_until = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)
    end_reason = models.CharField(max_length=20, choices=EndReason, blank=True)

    class Meta:
        db_table = "identity_proofing"
        indexes = [
            models.Index(
                fields=["account_id"],
                name="proofing_that_stands",
                condition=models.Q(ended_at__isnull=True),
            ),
        ]
        constraints = [
            # Two tabs that prove at once would leave two proofs of one place, and ending one of
            # them would not end the level.
            models.UniqueConstraint(
                name="proofing_one_of_each_place",
                fields=["account_id", "method", "by"],
                condition=models.Q(ended_at__isnull=True),
            ),
            models.CheckConstraint(
                name="proofing_level_is_known",
                condition=models.Q(level__gte=1, level__lte=HIGHEST),
            ),
            # No bug of ours may lift somebody above what her way of proofing is worth: whoever
            # has friends among the attesters must not reach a tax record (safety rule 17).
            *(
                models.CheckConstraint(
                    name=f"proofing_by_{method.value}_stays_below",
                    condition=~models.Q(method=method.value) | models.Q(level__lte=ceiling),
                )
                for method, ceiling in CEILINGS.items()
            ),
            models.CheckConstraint(
                name="proofing_end_is_whole",
                condition=models.Q(ended_at__isnull=True, end_reason="")
                | (models.Q(ended_at__isnull=False) & ~models.Q(end_reason="")),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.method} {self.id}"


class EvidenceHolder(models.Model):
    """The one account that an identity at a provider stands behind.

    A table of its own, keyed by the evidence, because this must hold across people: one person
    of NusaID who proved two accounts could be two people to every agency.
    """

    evidence_hash = models.CharField(primary_key=True, max_length=64)
    account_id = models.UUIDField()
    proofing_id = models.UUIDField()

    class Meta:
        db_table = "identity_evidence_holder"

    def __str__(self) -> str:
        return str(self.proofing_id)
