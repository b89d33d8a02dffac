# SPDX-License-Identifier: Apache-2.0
from django.contrib.sessions.base_session import AbstractBaseSession
from django.db import models
from django.utils import timezone

from satupintu.foundation.ids import new_id


class AccountSession(AbstractBaseSession):
    """One browser's session, and every authentication event that it has seen.

    `acr`, `amr` and `auth_time` are read from these events, never from the account: what one
    browser proved says nothing about another.
    """

    # SHA-256 of the key in the cookie: whoever reads the table signs in as nobody.
    session_key = models.CharField(max_length=64, primary_key=True)
    # For links and for the `sid` claim. It stays when the key changes.
    id = models.UUIDField(default=new_id, editable=False, unique=True)
    account_id = models.UUIDField(null=True)
    # [{"method": "password", "at": 1764000000.5, "level": 1}], oldest first.
    authentication_events = models.JSONField(default=list)
    # AL2 ends here unless a page is opened before (safety rule 7); once past, only new proof helps.
    al2_until = models.DateTimeField(null=True)
    device = models.CharField(max_length=80, blank=True)
    network = models.CharField(max_length=60, blank=True)
    started_at = models.DateTimeField(default=timezone.now)
    last_seen_at = models.DateTimeField(default=timezone.now)

    class Meta:
        db_table = "accounts_session"
        indexes = [
            models.Index(
                fields=["account_id", "-last_seen_at"],
                name="session_by_person",
                condition=models.Q(account_id__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return str(self.id)

    @classmethod
    def get_session_store_class(cls) -> type:
        from satupintu.trust.accounts.session_store import SessionStore  # noqa: PLC0415

        return SessionStore


class EndedSession(models.Model):
    """Why a session is over, for the browser that still holds its cookie and for nobody else.

    Led by the hash of the cookie's key, like the session was. Forgotten after a while.
    """

    class Why(models.TextChoices):
        ELSEWHERE = "elsewhere", "elsewhere"  # the person ended it from another browser
        PASSWORD = "password", "password"  # a new password ended all others
        PAUSED = "paused", "paused"  # a code from a letter
        SUSPENDED = "suspended", "suspended"  # staff stopped the account
        LAPSED = "lapsed", "lapsed"  # its time was over

    session_key = models.CharField(max_length=64, primary_key=True)
    account_id = models.UUIDField()
    why = models.CharField(max_length=12, choices=Why)
    ended_at = models.DateTimeField()

    class Meta:
        db_table = "accounts_ended_session"
        indexes = [models.Index(fields=["ended_at"], name="ended_session_age")]

    def __str__(self) -> str:
        return self.why
