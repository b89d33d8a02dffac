# SPDX-License-Identifier: Apache-2.0
"""Keys of clients. Pure."""

import base64
import hashlib
import json
from collections.abc import Iterable, Mapping
from typing import Any

# What makes a key the key it is (RFC 7638, 3.2; RFC 8037, 2).
_MEMBERS = {
    "EC": ("crv", "kty", "x", "y"),
    "OKP": ("crv", "kty", "x"),
    "RSA": ("e", "kty", "n"),
}


def compute_thumbprint(key: Mapping[str, Any]) -> str:
    """A public key's SHA-256 thumbprint (RFC 7638), the same under every `kid`; empty for a kind
    of key that is not known."""
    members = _MEMBERS.get(str(key.get("kty")))
    if members is None or any(not isinstance(key.get(name), str) for name in members):
        return ""
    text = json.dumps({name: key[name] for name in members}, separators=(",", ":"))
    digest = hashlib.sha256(text.encode()).digest()
    return base64.urlsafe_b64encode(digest).rstrip(b"=").decode("ascii")


def drop_suspended_keys(
    jwks: dict[str, Any] | None, suspended: Iterable[str]
) -> dict[str, Any] | None:
    """The keys that still prove something; None where a client uses none."""
    gone = set(suspended)
    if jwks is None or not gone:
        return jwks
    return jwks | {"keys": [key for key in jwks["keys"] if compute_thumbprint(key) not in gone]}


_ALGORITHMS = {"ES256", "PS256", "EdDSA", "Ed25519"}
_RSA_CHARACTERS = 342  # of BASE64URL, for a modulus of 2048 bits


def are_strong(jwks: dict[str, Any] | None) -> bool:
    """Whether every key serves FAPI 2.0 (Security Profile, section 5.4.1): by ES256, PS256 or
    EdDSA, RSA of 2048 bits or more."""
    keys = (jwks or {}).get("keys", [])
    return bool(keys) and all(_is_strong(key) for key in keys)


def _is_strong(key: dict[str, Any]) -> bool:
    # A key that names no algorithm may be used by any that fits it.
    if key.get("alg", "ES256") not in _ALGORITHMS:
        return False
    kind = (key.get("kty"), key.get("crv"))
    if kind[0] == "RSA":
        return len(str(key.get("n", ""))) >= _RSA_CHARACTERS
    return kind in {("EC", "P-256"), ("OKP", "Ed25519")}
