# SPDX-License-Identifier: Apache-2.0
from django.db import models

from satupintu.foundation.ids import new_id


class StaffSession(models.Model):
    """One browser of a staff member. Shares nothing with people's sessions: its own table, its own
    cookie, its own pages. Ending it is deleting the row.

    A row without a member is a visit: a browser that was asked for a passkey and has not answered.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    # SHA-256 of the key in the cookie: whoever reads the table signs in as nobody.
    key_hash = models.CharField(max_length=64, unique=True)
    member = models.ForeignKey(
        "staff.StaffMember", on_delete=models.CASCADE, related_name="+", null=True, blank=True
    )
    # WebAuthn challenges that wait for an answer.
    ceremony = models.JSONField(default=dict)
    device = models.CharField(max_length=80, blank=True)
    started_at = models.DateTimeField()
    seen_at = models.DateTimeField()

    class Meta:
        db_table = "staff_session"
        indexes = [models.Index(fields=["seen_at"], name="staff_session_by_age")]

    def __str__(self) -> str:
        return str(self.id)
