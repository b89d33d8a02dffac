# SPDX-License-Identifier: Apache-2.0
import json
from collections.abc import Callable
from datetime import datetime

from django.db import transaction
from joserfc import jwk

from satupintu.foundation import crypto
from satupintu.trust.signin.models import SigningKey
from satupintu.trust.signin.queries import keys

_GENERATORS: dict[str, Callable[[], keys.Key]] = {
    "ES256": lambda: jwk.ECKey.generate_key(
        "P-256", {"use": "sig", "alg": "ES256"}, private=True, auto_kid=True
    ),
    "RS256": lambda: jwk.RSAKey.generate_key(
        2048, {"use": "sig", "alg": "RS256"}, private=True, auto_kid=True
    ),
}


def ensure_signing_keys(*, at: datetime) -> None:
    """Make the keys that are missing; idempotent, from any number of workers at once."""
    for algorithm in _GENERATORS:
        _ensure_key(algorithm=algorithm, at=at)


def get_signing_key(*, algorithm: str, at: datetime) -> keys.Key:
    """The key that signs now, made at first need."""
    key = keys.get_key_in_use(algorithm=algorithm)
    if key is None:
        _ensure_key(algorithm=algorithm, at=at)
        key = keys.get_key_in_use(algorithm=algorithm)
    if key is None:
        raise LookupError(f"no key for {algorithm}")
    return key


@transaction.atomic
def rotate_signing_key(*, algorithm: str, at: datetime) -> None:
    """Sign with a new key from now on. The old one stays published until it is swept, so that
    what it signed can be checked for as long as it lives."""
    SigningKey.objects.filter(algorithm=algorithm, retired_at=None).update(retired_at=at)
    _ensure_key(algorithm=algorithm, at=at)


def rotate_secrets() -> int:
    """Put the private keys under the newest encryption key; answers how many. The keys themselves
    stay as they are (see `rotate_signing_key`)."""
    rows = SigningKey.objects.all()
    for row in rows:
        SigningKey.objects.filter(kid=row.kid).update(private_jwk=crypto.rotate(row.private_jwk))
    return len(rows)


def _ensure_key(*, algorithm: str, at: datetime) -> None:
    if not SigningKey.objects.filter(algorithm=algorithm, retired_at=None).exists():
        key = _GENERATORS[algorithm]()
        SigningKey.objects.bulk_create(
            [
                SigningKey(
                    kid=key.thumbprint(),
                    algorithm=algorithm,
                    private_jwk=crypto.encrypt(json.dumps(key.as_dict(private=True))),
                    created_at=at,
                )
            ],
            # Another worker was first: its key is the key.
            ignore_conflicts=True,
        )
    keys.forget_keys()
