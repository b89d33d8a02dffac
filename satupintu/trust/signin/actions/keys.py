# SPDX-License-Identifier: Apache-2.0
"""The portal's signing keys: made, rotated, suspended, forgotten (ADR 0027).

Time rotates them: a key takes over at `signs_from`, in every process at once, without anybody
doing anything. What is left to do is to have the next one ready.
"""

import json
import logging
from collections.abc import Callable
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _
from joserfc import jwk

from satupintu.foundation import crypto
from satupintu.foundation.errors import Refusal
from satupintu.trust.rulebook import queries as rulebook
from satupintu.trust.signin import keychain
from satupintu.trust.signin.keychain import KeyCard, KeyState
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

log = logging.getLogger(__name__)


class NextKeyTooNew(Refusal):
    """`ready_at` says from when on it may sign."""

    code = "next_key_too_new"
    message = _("The next key was published too short a time ago; some programs do not know it.")
    status = 409

    def __init__(self, ready_at: datetime) -> None:
        super().__init__()
        self.ready_at = ready_at


class UnknownKey(Refusal):
    code = "unknown_key"
    message = _("The portal has no key of this name.")
    status = 404


class KeySuspendedAlready(Refusal):
    code = "key_suspended_already"
    message = _("This key is suspended already.")
    status = 409


def ensure_signing_keys(*, at: datetime) -> None:
    """Make the keys that are missing: one that signs for each algorithm, and the one after it.
    Idempotent, from any number of workers at once."""
    for algorithm in keychain.ALGORITHMS:
        _complete_chain(algorithm, at)


def get_signing_key(*, algorithm: str, at: datetime) -> keys.Key:
    """The key that signs now, made at first need."""
    key = keys.get_key_in_use(algorithm=algorithm, at=at)
    if key is None:
        _complete_chain(algorithm, at)
        key = keys.get_key_in_use(algorithm=algorithm, at=at)
    if key is None:
        raise LookupError(f"no key for {algorithm}")
    return key


def rotate_signing_key(*, algorithm: str, at: datetime) -> str:
    """Sign with the next key from now on, before its time; answers its kid. The one before stays
    published for as long as something that it signed may live.

    Raises NextKeyTooNew while programs may hold a key set without it, so also for the second of
    two who rotate at once.
    """
    # Apart from the rest: where the next key was missing, it stays and ripens.
    _complete_chain(algorithm, at)
    with transaction.atomic():
        _lock_chain(algorithm)
        upcoming = keychain.find_next_key(_read_chain(algorithm), at=at)
        if upcoming is None:
            raise LookupError(f"no next key for {algorithm}")
        ready_at = upcoming.created_at + keys.get_lead(at=at)
        if ready_at > at:
            raise NextKeyTooNew(ready_at)
        _let_sign(upcoming, at)
        _complete_chain(algorithm, at)
    log.warning("signin.key_rotated algorithm=%s kid=%s", algorithm, upcoming.kid)
    return upcoming.kid


@transaction.atomic
def suspend_signing_key(*, kid: str, reason: str, at: datetime) -> str | None:
    """Stop a key that somebody else may hold: it signs and is published no more, everywhere within
    a minute (safety rule 24), and nothing that it signed counts here as a hint. For good: nobody
    lifts this.

    Answers the kid of the key that signs in its place, which the key sets of all programs hold
    already; None where the suspended one did not sign. Raises UnknownKey or KeySuspendedAlready.
    """
    row = SigningKey.objects.filter(kid=kid).first()
    if row is None:
        raise UnknownKey
    _lock_chain(row.algorithm)
    signed = keychain.choose_signing_key(_read_chain(row.algorithm), at=at)
    changed = SigningKey.objects.filter(kid=kid, suspended_at=None).update(
        suspended_at=at, suspended_for=reason
    )
    if not changed:
        raise KeySuspendedAlready
    heir = keychain.choose_signing_key(_read_chain(row.algorithm), at=at)
    if heir is not None and heir.signs_from > at:
        _let_sign(heir, at)
    _complete_chain(row.algorithm, at)
    log.warning("signin.key_suspended algorithm=%s kid=%s", row.algorithm, kid)
    return heir.kid if heir is not None and heir != signed else None


def forget_old_keys(*, at: datetime) -> int:
    """Delete keys of which not even a hint needs to be read any more; answers how many."""
    kept = rulebook.get_duration("signin.visit_kept", at=at)
    keys.forget_keys()
    old = [
        one.card.kid
        for one in keys.list_portal_keys(at=at)
        if one.state in {KeyState.OVER, KeyState.SUSPENDED}
        and one.published_until is not None
        and one.published_until + kept <= at
    ]
    # The end of a chain stays: what comes next is told by it.
    followed = SigningKey.objects.exclude(predecessor=None).values_list("predecessor", flat=True)
    count, _models = SigningKey.objects.filter(kid__in=set(old) & set(followed)).delete()
    keys.forget_keys()
    return count


def rotate_secrets() -> int:
    """Put the private keys under the newest encryption key; answers how many. The keys themselves
    stay as they are (see `rotate_signing_key`)."""
    rows = SigningKey.objects.all()
    for row in rows:
        SigningKey.objects.filter(kid=row.kid).update(private_jwk=crypto.rotate(row.private_jwk))
    return len(rows)


def _read_chain(algorithm: str) -> list[KeyCard]:
    cards = [keys.make_card(row) for row in SigningKey.objects.filter(algorithm=algorithm)]
    return keychain.order_chain(cards, algorithm=algorithm)


def _lock_chain(algorithm: str) -> None:
    """One at a time changes a chain; what others changed before is read afterwards."""
    rows = SigningKey.objects.filter(algorithm=algorithm).order_by("id")
    list(rows.select_for_update(of=("self",)).values_list("id"))


def _let_sign(card: KeyCard, at: datetime) -> None:
    SigningKey.objects.filter(kid=card.kid).update(signs_from=at)
    _forget_keys_twice()


def _complete_chain(algorithm: str, at: datetime) -> None:
    """A key that signs, and one after it. Of two workers that find one missing, one makes it."""
    chain = _read_chain(algorithm)
    signing = keychain.choose_signing_key(chain, at=at)
    if signing is None:
        chain = _append_key(chain, algorithm, signs_from=at, at=at)
        signing = keychain.choose_signing_key(chain, at=at)
    if signing is not None and keychain.find_next_key(chain, at=at) is None:
        interval = rulebook.get_duration("signin.key_interval", at=at)
        earliest = at + keys.get_lead(at=at)
        _append_key(
            chain, algorithm, signs_from=max(earliest, signing.signs_from + interval), at=at
        )


def _append_key(
    chain: list[KeyCard], algorithm: str, *, signs_from: datetime, at: datetime
) -> list[KeyCard]:
    key = _GENERATORS[algorithm]()
    SigningKey.objects.bulk_create(
        [
            SigningKey(
                kid=key.thumbprint(),
                algorithm=algorithm,
                private_jwk=crypto.encrypt(json.dumps(key.as_dict(private=True))),
                created_at=at,
                signs_from=signs_from,
                predecessor=chain[-1].kid if chain else algorithm,
            )
        ],
        # Another worker was first: its key is the key.
        ignore_conflicts=True,
    )
    _forget_keys_twice()
    return _read_chain(algorithm)


def _forget_keys_twice() -> None:
    """Now, and after the commit: another thread of this process may have read the old rows."""
    keys.forget_keys()
    transaction.on_commit(keys.forget_keys)
