# SPDX-License-Identifier: Apache-2.0
from django.db import models

from satupintu.foundation.ids import new_id


class Community(models.Model):
    """A registered community whose attesters may vouch for people without papers."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    slug = models.SlugField(max_length=60, unique=True)
    name = models.CharField(max_length=120)
    registered_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        db_table = "identity_community"

    def __str__(self) -> str:
        return self.slug


class Attester(models.Model):
    """A person whom two members of staff let vouch for others of her community. She has an
    ordinary account, and whatever she attests she attests from it."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    community = models.ForeignKey(Community, on_delete=models.PROTECT, related_name="+")
    account_id = models.UUIDField()
    enrolled_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True, blank=True)
    revoke_reason = models.CharField(max_length=500, blank=True)

    class Meta:
        db_table = "identity_attester"
        constraints = [
            # One who stands for two communities could be both attesters of one person.
            models.UniqueConstraint(
                name="attester_stands_for_one_community",
                fields=["account_id"],
                condition=models.Q(revoked_at__isnull=True),
            ),
            models.CheckConstraint(
                name="attester_end_is_whole",
                condition=models.Q(revoked_at__isnull=True, revoke_reason="")
                | (models.Q(revoked_at__isnull=False) & ~models.Q(revoke_reason="")),
            ),
        ]

    def __str__(self) -> str:
        return str(self.id)


class Attestation(models.Model):
    """One attester says that she knows a person. Two of them, from two communities, make a proof."""

    pk = models.CompositePrimaryKey("account_id", "id")
    account_id = models.UUIDField()
    id = models.UUIDField(default=new_id, editable=False)
    attester_id = models.UUIDField()
    community_id = models.UUIDField()
    attested_at = models.DateTimeField()
    # Under responsibility: that she is no kin of the person, and knows what a false word means.
    declared_no_kin_at = models.DateTimeField()
    # The proof that it became part of.
    proofing_id = models.UUIDField(null=True, blank=True)
    # Counts for nothing more: lapsed before a second came, or its attester was revoked.
    closed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        db_table = "identity_attestation"
        indexes = [
            models.Index(fields=["attester_id", "attested_at"], name="attestation_by_attester"),
        ]
        constraints = [
            # The same word twice is one word.
            models.UniqueConstraint(
                name="attestation_one_of_each_attester",
                fields=["account_id", "attester_id"],
                condition=models.Q(closed_at__isnull=True, proofing_id__isnull=True),
            ),
        ]

    def __str__(self) -> str:
        return str(self.id)


class AttestationReview(models.Model):
    """Staff look again at a proof by attestation, before a day that is fixed."""

    class Why(models.TextChoices):
        DRAWN = "drawn"  # by lot
        ATTESTER_REVOKED = "attester_revoked"

    class Outcome(models.TextChoices):
        STANDS = "stands"
        ENDED = "ended"

    pk = models.CompositePrimaryKey("account_id", "id")
    account_id = models.UUIDField()
    id = models.UUIDField(default=new_id, editable=False)
    proofing_id = models.UUIDField()
    why = models.CharField(max_length=20, choices=Why)
    opened_at = models.DateTimeField()
    due_at = models.DateTimeField()
    decided_at = models.DateTimeField(null=True, blank=True)
    outcome = models.CharField(max_length=10, choices=Outcome, blank=True)

    class Meta:
        db_table = "identity_attestation_review"
        indexes = [
            models.Index(
                fields=["due_at"],
                name="attestation_review_waiting",
                condition=models.Q(decided_at__isnull=True),
            ),
        ]
        constraints = [
            models.UniqueConstraint(
                name="attestation_review_one_open",
                fields=["account_id", "proofing_id", "why"],
                condition=models.Q(decided_at__isnull=True),
            ),
            models.CheckConstraint(
                name="attestation_review_end_is_whole",
                condition=models.Q(decided_at__isnull=True, outcome="")
                | (models.Q(decided_at__isnull=False) & ~models.Q(outcome="")),
            ),
        ]

    def __str__(self) -> str:
        return str(self.id)
