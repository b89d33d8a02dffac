# SPDX-License-Identifier: Apache-2.0
from django.contrib.sessions.base_session import AbstractBaseSession
from django.db import models

from satupintu.foundation.ids import new_id


class AccountSession(AbstractBaseSession):
    """One browser's session, and every authentication event that it has seen.

    `acr`, `amr` and `auth_time` are read from these events, never from the account: what one
    browser proved says nothing about another.
    """

    # For links and for the `sid` claim; the key itself is a secret.
    id = models.UUIDField(default=new_id, editable=False, unique=True)
    account_id = models.UUIDField(null=True)
    # [{"method": "password", "at": 1764000000, "level": 1}], oldest first.
    authentication_events = models.JSONField(default=list)
    device = models.CharField(max_length=80, blank=True)
    network = models.CharField(max_length=60, blank=True)
    started_at = models.DateTimeField(auto_now_add=True)
    last_seen_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        db_table = "accounts_session"
        indexes = [
            models.Index(
                fields=["account_id", "-last_seen_at"],
                name="session_by_person",
                condition=models.Q(account_id__isnull=False),
            ),
            models.Index(fields=["expire_date"], name="session_expiry"),
        ]

    def __str__(self) -> str:
        return str(self.id)

    @classmethod
    def get_session_store_class(cls) -> type:
        from satupintu.trust.accounts.session_store import SessionStore  # noqa: PLC0415

        return SessionStore
