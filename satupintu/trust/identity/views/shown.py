# SPDX-License-Identifier: Apache-2.0
"""A code that a person holds in her hand, for as long as her page shows it."""

import json
from datetime import datetime

from satupintu.foundation.crypto import decrypt, encrypt
from satupintu.trust.accounts.access import SignedInRequest
from satupintu.trust.identity import actions


def keep_shown(request: SignedInRequest, key: str, shown: actions.ShownCode) -> None:
    """So that she sees it again when she turns her phone; sealed, in her own session."""
    kept = {"code": shown.code, "expires_at": shown.expires_at.isoformat()}
    request.session[key] = encrypt(json.dumps(kept))


def read_shown(request: SignedInRequest, key: str) -> actions.ShownCode | None:
    sealed = request.session.get(key)
    if not sealed:
        return None
    kept = json.loads(decrypt(sealed))
    return actions.ShownCode(
        code=kept["code"], expires_at=datetime.fromisoformat(kept["expires_at"])
    )
