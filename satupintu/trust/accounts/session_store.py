# SPDX-License-Identifier: Apache-2.0
"""Sessions in PostgreSQL: ending one is deleting its row, and it ends everywhere at once."""

from typing import Any

from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore as DatabaseStore


class SessionStore(DatabaseStore):
    @classmethod
    def get_model_class(cls) -> type:
        from satupintu.trust.accounts.models import AccountSession  # noqa: PLC0415

        return AccountSession

    def create_model_instance(self, data: dict[str, Any]) -> Any:
        row = super().create_model_instance(data)
        row.account_id = data.get(SESSION_KEY)
        return row
