# SPDX-License-Identifier: Apache-2.0
"""The portal's keys, read and parsed once and kept in memory."""

import hashlib
import json
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any

from django.conf import settings
from joserfc import jwk, jwt
from joserfc.errors import JoseError

from satupintu.foundation import crypto
from satupintu.foundation.snapshot import Snapshot
from satupintu.trust.rulebook import queries as rulebook
from satupintu.trust.signin import keychain
from satupintu.trust.signin.keychain import ALGORITHMS, KeyCard, KeyState
from satupintu.trust.signin.models import SigningKey

Key = jwk.ECKey | jwk.RSAKey

# Long enough for one call to an agency over a slow line, too short to be worth stealing.
PORTAL_TOKEN_LIFETIME = timedelta(seconds=60)


@dataclass(frozen=True)
class Document:
    """JSON as it is sent, and the name of exactly this text (RFC 9110, section 8.8.3)."""

    body: bytes
    etag: str


@dataclass(frozen=True)
class PortalKey:
    """A key of the portal as its operator sees it."""

    card: KeyCard
    state: KeyState
    published_until: datetime | None  # None while that is not decided


@dataclass(frozen=True)
class _Published:
    """What the key set holds between two moments at which the clock changes it."""

    kids: tuple[str, ...]
    is_complete: bool
    since: datetime
    until: datetime | None


@dataclass
class Keyring:
    """All keys as they were read at one moment."""

    chains: dict[str, list[KeyCard]]  # by algorithm
    keys: dict[str, Key]  # by kid
    verifying: jwk.KeySet
    published: _Published | None = None


@lru_cache(maxsize=32)
def _parse(encrypted: str) -> Key:
    """Decrypting and parsing costs more than a signature, and a stored key never changes."""
    key = jwk.import_key(json.loads(crypto.decrypt(encrypted)))
    if not isinstance(key, jwk.ECKey | jwk.RSAKey):
        raise TypeError("a signing key is of no known type")
    return key


def make_card(row: SigningKey) -> KeyCard:
    return KeyCard(
        kid=row.kid,
        algorithm=row.algorithm,
        predecessor=row.predecessor or "",
        created_at=row.created_at,
        signs_from=row.signs_from,
        suspended_at=row.suspended_at,
        suspended_for=row.suspended_for,
    )


def _load_keyring() -> Keyring:
    rows = list(SigningKey.objects.all())
    keys = {row.kid: _parse(row.private_jwk) for row in rows}
    cards = [make_card(row) for row in rows]
    trusted = [keys[card.kid] for card in cards if card.suspended_at is None]
    return Keyring(
        chains={name: keychain.order_chain(cards, algorithm=name) for name in ALGORITHMS},
        keys=keys,
        verifying=jwk.KeySet(list(trusted)),
    )


_keyring = Snapshot(_load_keyring)


def forget_keys() -> None:
    """Read the table again at the next question, in this process."""
    _keyring.forget()


def get_key_in_use(*, algorithm: str, at: datetime) -> Key | None:
    """The private key that signs now; None until one was made. For this app's actions only."""
    ring = _keyring.read()
    card = keychain.choose_signing_key(ring.chains[algorithm], at=at)
    return None if card is None else ring.keys[card.kid]


def has_all_keys(*, at: datetime) -> bool:
    """Whether a key signs for each algorithm, and the next one stands ready."""
    return _read_published(at=at).is_complete


def get_cache_lifetime(*, at: datetime) -> timedelta:
    """How long programs may keep `jwks.json`."""
    return rulebook.get_duration("signin.metadata_cached", at=at)


def get_lead(*, at: datetime) -> timedelta:
    """How long a key is published before it signs."""
    return keychain.compute_lead(
        asked=rulebook.get_duration("signin.key_published_before", at=at),
        cached=get_cache_lifetime(at=at),
    )


def get_trail(*, at: datetime) -> timedelta:
    """How long a key is published after it signed last."""
    lifetimes = ("signin.id_token_lifetime", "signin.logout_token_lifetime")
    return keychain.compute_trail(
        asked=rulebook.get_duration("signin.key_published_after", at=at),
        signed_for=max(
            PORTAL_TOKEN_LIFETIME, *(rulebook.get_duration(name, at=at) for name in lifetimes)
        ),
        skew=rulebook.get_duration("signin.assertion_skew", at=at),
    )


def list_portal_keys(*, at: datetime) -> list[PortalKey]:
    """All that are stored, the oldest of each algorithm first."""
    return _describe_keys(_keyring.read(), at=at)


def _describe_keys(ring: Keyring, *, at: datetime) -> list[PortalKey]:
    trail = get_trail(at=at)
    found = []
    for chain in ring.chains.values():
        for card in chain:
            state = keychain.name_state(chain, card, published_after=trail, at=at)
            end = keychain.find_end(chain, card)
            until = card.suspended_at or (end and end + trail)
            found.append(PortalKey(card=card, state=state, published_until=until))
    return found


def list_public_keys(*, at: datetime) -> tuple[dict[str, Any], ...]:
    """What `jwks.json` publishes: the keys that sign, those that will, and those that did while
    something that they signed may live."""
    keys = _keyring.read().keys
    return tuple(dict(keys[kid].as_dict(private=False)) for kid in _read_published(at=at).kids)


def get_key_set_document(*, at: datetime) -> Document:
    """`jwks.json`."""
    return _write_key_set(_read_published(at=at).kids)


def _read_published(*, at: datetime) -> _Published:
    """Worked out once for each reading of the table, and again when the clock changes it."""
    ring = _keyring.read()
    known = ring.published
    if known is None or at < known.since or (known.until is not None and known.until <= at):
        known = ring.published = _work_out_published(ring, at=at)
    return known


def _work_out_published(ring: Keyring, *, at: datetime) -> _Published:
    hidden = {KeyState.OVER, KeyState.SUSPENDED}
    described = _describe_keys(ring, at=at)
    moments = [one.card.signs_from for one in described]
    moments += [one.published_until for one in described if one.published_until is not None]
    return _Published(
        kids=tuple(one.card.kid for one in described if one.state not in hidden),
        is_complete=all(
            keychain.choose_signing_key(chain, at=at) and keychain.find_next_key(chain, at=at)
            for chain in ring.chains.values()
        ),
        since=at,
        until=min((moment for moment in moments if moment > at), default=None),
    )


@lru_cache(maxsize=8)
def _write_key_set(kids: tuple[str, ...]) -> Document:
    """A kid is the key's own thumbprint (RFC 7638), so the same names are always the same text."""
    keys = _keyring.read().keys
    return write_document({"keys": [dict(keys[kid].as_dict(private=False)) for kid in kids]})


def write_document(content: dict[str, Any]) -> Document:
    body = json.dumps(content).encode()
    return Document(body=body, etag=f'"{hashlib.sha256(body).hexdigest()[:32]}"')


def read_id_token(token: str) -> dict[str, Any]:
    """The claims of an ID token of ours, expired or not; empty for anything else.

    For hints only: it tells whom a site means, and proves nobody. Keys that retired count for as
    long as they are stored; one that was suspended has never signed anything.
    """
    verifying = _keyring.read().verifying
    if not token or not verifying.keys:
        return {}
    try:
        found = jwt.decode(token, verifying, algorithms=list(ALGORITHMS))
    except (JoseError, ValueError, RecursionError):
        return {}
    # A logout token has subject and audience too (OpenID Connect Back-Channel Logout 1.0, 2.4);
    # only an ID token says when the person signed in.
    is_id_token = found.header.get("typ", "JWT") == "JWT" and "auth_time" in found.claims
    is_ours = found.claims.get("iss") == settings.PUBLIC_URL
    return found.claims if is_ours and is_id_token else {}
