# SPDX-License-Identifier: Apache-2.0
from django.db import models
from django.utils.translation import gettext_lazy as _

from satupintu.foundation.ids import new_id


class StaffMember(models.Model):
    """Somebody who works for an agency or the coordinating ministry.

    A kind of its own: no staff member is an account, no account is staff (ADR 0008). She signs in
    with a passkey of her own, at an address of its own, into a session of its own (ADR 0023).
    """

    class Role(models.TextChoices):
        OWNER = "owner", _("Service owner")
        INTEGRATOR = "integrator", _("Integrator")
        HELP_DESK = "help_desk", _("Help desk")
        STEWARD = "steward", _("Steward")
        FRAUD_DESK = "fraud_desk", _("Fraud desk")

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    agency = models.ForeignKey(
        "agencies.Agency", on_delete=models.PROTECT, related_name="+", null=True, blank=True
    )
    email = models.EmailField(unique=True)
    full_name = models.CharField(max_length=200)
    role = models.CharField(max_length=20, choices=Role)
    joined_at = models.DateTimeField()
    left_at = models.DateTimeField(null=True, blank=True)
    # The last review in which somebody said that she still needs this; counts from joined_at.
    confirmed_at = models.DateTimeField(null=True, blank=True)
    suspended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        # The name from when staff belonged to the app below: renaming a table stops the last
        # release (house style 21).
        db_table = "agencies_staff_member"
        constraints = [
            # Stewards belong to the whole; everybody else to one agency.
            models.CheckConstraint(
                name="staff_belongs_to_an_agency_or_is_a_steward",
                condition=models.Q(agency__isnull=False) | models.Q(role="steward"),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.role} {self.id}"


class StaffPasskey(models.Model):
    """One passkey of a staff member: the only way in, so she should have two."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    member = models.ForeignKey(StaffMember, on_delete=models.CASCADE, related_name="+")
    credential_id = models.CharField(max_length=1400, unique=True)
    # WebAuthn's attested credential data, base64url: id and public key. No secret.
    credential = models.TextField()
    name = models.CharField(max_length=80)
    counter = models.BigIntegerField(default=0)
    added_at = models.DateTimeField()
    last_used_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        db_table = "staff_passkey"

    def __str__(self) -> str:
        return str(self.id)


class StaffInvitation(models.Model):
    """A link that works once and lets somebody make her first passkey (or, after a loss, a new
    one in place of all old ones)."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    member = models.ForeignKey(StaffMember, on_delete=models.CASCADE, related_name="+")
    # SHA-256 of 256 random bits (safety rule 5).
    token_hash = models.CharField(max_length=64, unique=True)
    # Null: invited by the operator's command.
    invited_by = models.ForeignKey(
        StaffMember, on_delete=models.PROTECT, related_name="+", null=True, blank=True
    )
    invited_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        db_table = "staff_invitation"
        constraints = [
            # Two links that wait would be two ways in, and one of them forgotten.
            models.UniqueConstraint(
                name="staff_one_open_invitation",
                fields=["member"],
                condition=models.Q(used_at__isnull=True),
            ),
        ]

    def __str__(self) -> str:
        return str(self.id)
