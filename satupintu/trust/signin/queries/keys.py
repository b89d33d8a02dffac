# SPDX-License-Identifier: Apache-2.0
"""The portal's keys, read and parsed once and kept in memory."""

import json
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from django.conf import settings
from joserfc import jwk, jwt
from joserfc.errors import JoseError

from satupintu.foundation import crypto
from satupintu.foundation.snapshot import Snapshot
from satupintu.trust.signin.models import SigningKey

Key = jwk.ECKey | jwk.RSAKey


@dataclass(frozen=True)
class Keyring:
    """The keys in use by algorithm, and all that are published."""

    in_use: dict[str, Key]
    published: tuple[dict[str, Any], ...]
    verifying: jwk.KeySet


@lru_cache(maxsize=16)
def _parse(encrypted: str) -> Key:
    """Decrypting and parsing costs more than a signature, and a stored key never changes."""
    key = jwk.import_key(json.loads(crypto.decrypt(encrypted)))
    if not isinstance(key, jwk.ECKey | jwk.RSAKey):
        raise TypeError("a signing key is of no known type")
    return key


def _load_keyring() -> Keyring:
    in_use: dict[str, Key] = {}
    published, verifying = [], []
    for row in SigningKey.objects.order_by("-created_at"):
        key = _parse(row.private_jwk)
        if row.retired_at is None:
            in_use[row.algorithm] = key
        published.append(dict(key.as_dict(private=False)))
        verifying.append(key)
    return Keyring(in_use=in_use, published=tuple(published), verifying=jwk.KeySet(list(verifying)))


_keyring = Snapshot(_load_keyring)


def forget_keys() -> None:
    """Read the table again at the next question, in this process."""
    _keyring.forget()


def get_key_in_use(*, algorithm: str) -> Key | None:
    """The private key that signs now; None until one was made. For this app's actions only."""
    return _keyring.read().in_use.get(algorithm)


def list_public_keys() -> tuple[dict[str, Any], ...]:
    """What `jwks.json` publishes: keys in use, and retired ones while their tokens may live."""
    return _keyring.read().published


def read_id_token(token: str) -> dict[str, Any]:
    """The claims of an ID token of ours, expired or not; empty for anything else.

    For hints only: it tells whom a site means, and proves nobody.
    """
    verifying = _keyring.read().verifying
    if not token or not verifying.keys:
        return {}
    try:
        found = jwt.decode(token, verifying, algorithms=["ES256", "RS256"])
    except (JoseError, ValueError, RecursionError):
        return {}
    # A logout token has subject and audience too (OpenID Connect Back-Channel Logout 1.0, 2.4);
    # only an ID token says when the person signed in.
    is_id_token = found.header.get("typ", "JWT") == "JWT" and "auth_time" in found.claims
    is_ours = found.claims.get("iss") == settings.PUBLIC_URL
    return found.claims if is_ours and is_id_token else {}
