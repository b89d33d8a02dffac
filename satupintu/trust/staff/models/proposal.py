# SPDX-License-Identifier: Apache-2.0
from django.db import models

from satupintu.foundation.ids import new_id


class Proposal(models.Model):
    """An act that takes two people: one proposes it with a reason, another approves it."""

    class Outcome(models.TextChoices):
        APPROVED = "approved"
        REFUSED = "refused"
        WITHDRAWN = "withdrawn"
        EXPIRED = "expired"

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    act = models.CharField(max_length=60)
    # What the act is about, as one id. Never a name or an address.
    about = models.CharField(max_length=200)
    reason = models.CharField(max_length=500)
    # Of the one who proposed; empty for stewards.
    agency_slug = models.CharField(max_length=60, blank=True)
    proposed_by = models.ForeignKey("staff.StaffMember", on_delete=models.PROTECT, related_name="+")
    proposed_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    decided_by = models.ForeignKey(
        "staff.StaffMember", on_delete=models.PROTECT, related_name="+", null=True, blank=True
    )
    decided_at = models.DateTimeField(null=True, blank=True)
    outcome = models.CharField(max_length=10, choices=Outcome, blank=True)

    class Meta:
        db_table = "staff_proposal"
        constraints = [
            # One pair of eyes is not two, whatever the code above believes.
            models.CheckConstraint(
                name="proposal_is_approved_by_another",
                condition=~models.Q(outcome="approved")
                | (
                    models.Q(decided_by__isnull=False)
                    & ~models.Q(decided_by=models.F("proposed_by"))
                ),
            ),
            # Two open proposals of one act would be carried out twice.
            models.UniqueConstraint(
                name="proposal_one_open_per_act",
                fields=["act", "about"],
                condition=models.Q(outcome=""),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.act} {self.id}"


class Suspension(models.Model):
    """Something or somebody that may do nothing for now, and why."""

    class Kind(models.TextChoices):
        AGENCY = "agency"
        CLIENT = "client"
        KEY = "key"
        PERSON = "person"
        STAFF = "staff"

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    kind = models.CharField(max_length=10, choices=Kind)
    # A slug, a client_id, "client_id thumbprint", or the id of an account or a staff member.
    target = models.CharField(max_length=200)
    reason = models.CharField(max_length=500)
    # Whose affair it is beside the stewards': the target's agency, for a person the desk's.
    agency_slug = models.CharField(max_length=60, blank=True)
    # Null: by the operator's command.
    suspended_by = models.ForeignKey(
        "staff.StaffMember", on_delete=models.PROTECT, related_name="+", null=True, blank=True
    )
    suspended_at = models.DateTimeField()
    lifted_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        db_table = "staff_suspension"
        constraints = [
            models.UniqueConstraint(
                name="suspension_one_in_force",
                fields=["kind", "target"],
                condition=models.Q(lifted_at__isnull=True),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.id}"
