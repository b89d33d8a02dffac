# SPDX-License-Identifier: Apache-2.0
"""Where a notice for the next page waits: a cookie that says nothing to whoever reads it."""

from typing import Any

from cryptography.fernet import InvalidToken
from django.conf import settings
from django.contrib.messages.storage.cookie import (
    CookieStorage,
    MessagePartGatherSerializer,
    MessageSerializer,
)

from satupintu.foundation import crypto


class NoticeCookie(CookieStorage):
    """Not the session: signing out ends it, and says so on the page after."""

    cookie_name = "__Host-satupintu_notices" if settings.HTTPS else "satupintu_notices"

    def _encode_parts(self, messages: list[str], encode_empty: bool = False) -> str | None:
        if not messages and not encode_empty:
            return None
        return crypto.encrypt(MessagePartGatherSerializer().dumps(messages).decode("latin-1"))

    def _decode(self, data: str | None) -> Any:
        if not data:
            return None
        try:
            return MessageSerializer().loads(crypto.decrypt(data).encode("latin-1"))
        except (InvalidToken, ValueError):
            # Written by another, or under a key that is gone: let it be deleted.
            self.used = True
            return None
