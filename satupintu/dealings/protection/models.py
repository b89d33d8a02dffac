# SPDX-License-Identifier: Apache-2.0
from django.contrib.postgres.fields import ArrayField
from django.db import models

from satupintu.foundation.ids import new_id


class Case(models.Model):
    """What follows when a person said "this wasn't me". Kept when it is closed."""

    class OpenedBy(models.TextChoices):
        PERSON = "person", "person"
        STAFF = "staff", "staff"  # for a caller; who it was stands in her access log, as a role

    pk = models.CompositePrimaryKey("account_id", "id")
    account_id = models.UUIDField()
    id = models.UUIDField(default=new_id, editable=False)
    # For the telephone and the counter. Knowing it opens nothing.
    number = models.CharField(max_length=12, unique=True)
    opened_by = models.CharField(max_length=10, choices=OpenedBy)
    opened_at = models.DateTimeField()
    due_at = models.DateTimeField()
    # A member of staff has seen her and her papers, and asked a colleague to agree.
    shown_at = models.DateTimeField(null=True)
    proved_at = models.DateTimeField(null=True)
    renewed_at = models.DateTimeField(null=True)
    closed_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "protection_case"
        constraints = [
            # Two tabs, or she and the help desk at once, open one case.
            models.UniqueConstraint(
                name="case_one_open_per_person",
                fields=["account_id"],
                condition=models.Q(closed_at__isnull=True),
            ),
            # Nobody gets an account back whose person was not proved.
            models.CheckConstraint(
                name="case_renewed_after_proof",
                condition=models.Q(renewed_at__isnull=True) | models.Q(proved_at__isnull=False),
            ),
        ]
        indexes = [
            models.Index(
                fields=["due_at"], name="case_open", condition=models.Q(closed_at__isnull=True)
            ),
        ]

    def __str__(self) -> str:
        return str(self.id)


class FrozenLink(models.Model):
    """One link that was frozen, what its agency has heard, and what became of it."""

    class Outcome(models.TextChoices):
        RESTORED = "restored", "restored"
        ENDED = "ended", "ended"

    pk = models.CompositePrimaryKey("account_id", "id")
    account_id = models.UUIDField()
    id = models.UUIDField(default=new_id, editable=False)
    case_id = models.UUIDField()
    link_id = models.UUIDField()
    agency = models.CharField(max_length=60)  # a slug
    outcome = models.CharField(max_length=10, choices=Outcome, blank=True)
    # Since when it stands as it stands, and since when its agency has acknowledged just that.
    changed_at = models.DateTimeField()
    heard_at = models.DateTimeField(null=True)
    # When the agency acknowledged the freeze. Kept after the link was taken back.
    freeze_heard_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "protection_frozen_link"
        constraints = [
            # Frozen again while the case is open, it is the same line.
            models.UniqueConstraint(
                name="frozen_link_once_per_case", fields=["account_id", "case_id", "link_id"]
            ),
        ]
        indexes = [
            models.Index(
                fields=["changed_at"],
                name="frozen_link_unheard",
                condition=models.Q(heard_at__isnull=True),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.agency} {self.outcome} {self.id}"


class Restoration(models.Model):
    """One browser that asks for a frozen account. It shows a code; two members of staff who have
    seen its person let exactly this browser go on. Nothing that opens the account passes through
    their hands."""

    pk = models.CompositePrimaryKey("account_id", "id")
    account_id = models.UUIDField()
    id = models.UUIDField(default=new_id, editable=False)
    case_id = models.UUIDField()
    browser_hash = models.CharField(max_length=64)  # SHA-256 of 256 bits in its session
    code_hash = models.CharField(max_length=64)  # keyed
    started_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    # Who of staff has seen her: the code on her screen, and the name that was compared (keyed).
    seen_by = ArrayField(models.UUIDField(), default=list)
    name_hash = models.CharField(max_length=64, blank=True, default="", db_default="")
    paper = models.CharField(max_length=30, blank=True, default="", db_default="")
    approved_at = models.DateTimeField(null=True)
    used_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "protection_restoration"
        constraints = [
            # One code at a counter means one browser.
            models.UniqueConstraint(
                name="restoration_code_once", fields=["account_id", "case_id", "code_hash"]
            ),
            models.CheckConstraint(
                name="restoration_used_after_approval",
                condition=models.Q(used_at__isnull=True) | models.Q(approved_at__isnull=False),
            ),
        ]
        indexes = [models.Index(fields=["expires_at"], name="restoration_expiry")]

    def __str__(self) -> str:
        return str(self.id)
