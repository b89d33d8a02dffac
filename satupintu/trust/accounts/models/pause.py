# SPDX-License-Identifier: Apache-2.0
from django.db import models

from satupintu.foundation.ids import new_id


class PauseCode(models.Model):
    """A code that somebody outside of an account holds, and that can do one thing: pause it.

    It stands in the notice that an agency sends to a record's own contact, or in the mail to a
    mailbox that guarded the account before. Twenty characters: seven find the row, thirteen
    (65 bits) are the secret, kept as a salted password hash (safety rule 5). Led by the code, not
    by the person: who types it names no account.
    """

    class Origin(models.TextChoices):
        LINK = "link", "link"  # a record was linked; `about` is the link
        GUARD = "guard", "guard"  # what guards the account changed; `about` is the activity

    selector = models.CharField(primary_key=True, max_length=7)
    secret_hash = models.CharField(max_length=128)
    account_id = models.UUIDField()
    origin = models.CharField(max_length=10, choices=Origin)
    about = models.UUIDField()
    made_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "accounts_pause_code"
        indexes = [models.Index(fields=["expires_at"], name="pause_code_expiry")]

    def __str__(self) -> str:
        return f"{self.origin} {self.about}"


class Pause(models.Model):
    """A time in which nobody signs in to an account, links a record or changes its guards.

    It undoes nothing and ends by itself (safety rule 11). Rows stay: how often an account may be
    paused is counted by them.
    """

    pk = models.CompositePrimaryKey("account_id", "id")
    account_id = models.UUIDField()
    id = models.UUIDField(default=new_id, editable=False)
    origin = models.CharField(max_length=10, choices=PauseCode.Origin)
    about = models.UUIDField()
    started_at = models.DateTimeField()
    ends_at = models.DateTimeField()

    class Meta:
        db_table = "accounts_pause"
        constraints = [
            # A pause without an end would take the account from its owner.
            models.CheckConstraint(
                name="pause_ends_after_it_starts",
                condition=models.Q(ends_at__gt=models.F("started_at")),
            ),
        ]
        indexes = [
            models.Index(fields=["account_id", "-ends_at"], name="pause_by_person"),
        ]

    def __str__(self) -> str:
        return f"{self.origin} {self.id}"
