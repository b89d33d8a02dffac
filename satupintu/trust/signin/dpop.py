# SPDX-License-Identifier: Apache-2.0
"""DPoP proofs (RFC 9449): a caller shows, call by call, that it holds the key of its token.

Nothing is stored here, and nobody is looked up; whether a proof was used before is for
`actions.check_proof`.
"""

import hashlib
import hmac
import json
import re
from base64 import urlsafe_b64encode
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

from joserfc import jwk, jws
from joserfc.errors import JoseError

from .signatures import STRONG_ALGORITHMS, Signatures

# A proof holds a public key, at most one of RSA, and a few claims.
LONGEST = 6000
THUMBPRINT = re.compile(r"[A-Za-z0-9_-]{43}\Z")
_PRINTABLE_ASCII = re.compile(r"[\x20-\x7e]{1,256}")
_PRIVATE = {"d", "p", "q", "dp", "dq", "qi", "oth", "k"}
_SMALLEST_RSA = 2048  # bits


class BadProof(ValueError):
    """Why a proof is not good; for the client's developers, in ASCII."""


@dataclass(frozen=True)
class Proof:
    thumbprint: str  # of the key that signed, RFC 7638
    jti: str
    issued_at: float


def read_proof(
    text: str,
    *,
    method: str,
    address: str,
    token: str,
    skew: timedelta,
    max_age: timedelta,
    at: datetime,
) -> Proof:
    """Everything that section 4.3 has a server check, but for the replay.

    `token` is the access token that the proof must speak for, "" where there is none yet.
    Raises BadProof.
    """
    key, claims = _read_signed(text)
    if claims.get("htm") != method:
        raise BadProof("The htm of the proof is not the method of this request")
    if not _is_same_address(claims.get("htu"), address):
        raise BadProof("The htu of the proof is not the address of this request")
    issued_at, now = claims.get("iat"), at.timestamp()
    if not isinstance(issued_at, int | float) or isinstance(issued_at, bool):
        raise BadProof("The proof needs iat, a number of seconds since 1970")
    if not now - (skew + max_age).total_seconds() <= issued_at <= now + skew.total_seconds():
        raise BadProof("The iat of the proof is not about now; check the clock of the client")
    jti = claims.get("jti")
    if not isinstance(jti, str) or not _PRINTABLE_ASCII.fullmatch(jti):
        raise BadProof("The proof needs jti, 1 to 256 printable ASCII characters")
    if token and not hmac.compare_digest(str(claims.get("ath")).encode(), _hash_token(token)):
        raise BadProof("The ath of the proof is not the hash of this access token")
    return Proof(thumbprint=key.thumbprint(), jti=jti, issued_at=issued_at)


def _read_signed(text: str) -> tuple[jwk.Key, dict[str, Any]]:
    if len(text) > LONGEST or not text.isascii():
        raise BadProof("The DPoP header holds no proof")
    try:
        signed = jws.extract_compact(text.encode(), registry=Signatures(STRONG_ALGORITHMS))
        key = _read_key(signed.headers())
        is_signed = jws.validate_compact(signed, key, registry=Signatures(STRONG_ALGORITHMS))
        claims = json.loads(signed.payload)
    except BadProof:
        raise
    except (JoseError, ValueError, TypeError, KeyError, RecursionError) as error:
        raise BadProof("The DPoP header holds no signed proof") from error
    if not is_signed or not isinstance(claims, dict):
        raise BadProof("The proof is not signed with the key in it")
    return key, claims


def _read_key(header: dict[str, Any]) -> jwk.Key:
    if header.get("typ") != "dpop+jwt":
        raise BadProof("The typ of the proof must be dpop+jwt")
    public = header.get("jwk")
    if not isinstance(public, dict) or _PRIVATE & set(public):
        raise BadProof("The jwk of the proof must be a public key")
    key = jwk.import_key(public)
    if isinstance(key, jwk.RSAKey) and key.public_key.key_size < _SMALLEST_RSA:
        raise BadProof(f"A key of RSA has at least {_SMALLEST_RSA} bits")
    return key


def _is_same_address(claimed: object, address: str) -> bool:
    """Without query and fragment; scheme and host in any case (RFC 3986, section 6.2.2)."""
    if not isinstance(claimed, str):
        return False
    there, here = urlsplit(claimed), urlsplit(address)
    return (there.scheme.lower(), there.netloc.lower(), there.path) == (
        here.scheme.lower(),
        here.netloc.lower(),
        here.path,
    )


def _hash_token(token: str) -> bytes:
    return urlsafe_b64encode(hashlib.sha256(token.encode()).digest()).rstrip(b"=")
