# SPDX-License-Identifier: Apache-2.0
"""Six digits by mail. They confirm an address or help recovery; they never sign in (safety 4).

What waits for a code lives in the visitor's own session, as a `Pending`: nothing of it is an
account yet, so a stranger who types an address occupies nothing.
"""

import hmac
import secrets
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any, Self

from django.utils.translation import gettext_lazy as _

from satupintu.foundation.crypto import keyed_hash, new_secret
from satupintu.foundation.errors import Refusal
from satupintu.foundation.throttle import actions as throttle
from satupintu.trust.accounts.queries import Origin
from satupintu.trust.rulebook import queries as rulebook

from .throttles import RouteClosed, count_try


class CodeWrong(Refusal):
    code = "code_wrong"
    message = _("That code is not right. Check the latest e-mail from us and type it again.")


class CodeExpired(Refusal):
    code = "code_expired"
    message = _("That code has expired. Ask for a new one.")


class CodeUsedUp(Refusal):
    code = "code_used_up"
    message = _("Too many wrong tries with this code. Ask for a new one.")


class CodeRouteClosed(RouteClosed):
    code = "code_route_closed"
    message = _(
        "Too many tries with codes for this address. Wait a quarter of an hour. If that does not "
        "help, try again tomorrow."
    )


@dataclass(frozen=True)
class Pending:
    """Somebody says an address is hers, and has yet to type what we sent there."""

    purpose: str  # "signup", "reset", "email", "renew"
    id: str
    email: str
    code_hash: str
    sent_at: float
    confirmed_at: float | None = None

    @classmethod
    def read(cls, stored: Any) -> Self | None:
        """Out of a session; None where nothing fits."""
        if not isinstance(stored, dict):
            return None
        try:
            return cls(**stored)
        except TypeError:
            return None

    def as_json(self) -> dict[str, Any]:
        return asdict(self)


def hash_code(purpose: str, pending_id: str, digits: str) -> str:
    return keyed_hash(f"accounts.{purpose}_code", f"{pending_id}\x00{digits}")


def open_pending(*, purpose: str, email: str, at: datetime) -> tuple[Pending, str]:
    """A pending confirmation and the six digits that confirm it."""
    digits = f"{secrets.randbelow(1_000_000):06d}"
    pending_id = new_secret()
    return (
        Pending(
            purpose=purpose,
            id=pending_id,
            email=email,
            code_hash=hash_code(purpose, pending_id, digits),
            sent_at=at.timestamp(),
        ),
        digits,
    )


def blind(pending: Pending) -> Pending:
    """The same to look at, but no code fits: for an address where a code must not help."""
    return replace(pending, code_hash=keyed_hash("accounts.blind", new_secret()))


def is_fresh(pending: Pending, *, at: datetime) -> bool:
    """Whether what was confirmed (or sent) may still be used."""
    lifetime = rulebook.get_duration("accounts.email_code_lifetime", at=at)
    since = pending.confirmed_at or pending.sent_at
    return at - datetime.fromtimestamp(since, tz=UTC) < lifetime


def confirm_code(*, pending: Pending, typed: str, origin: Origin, at: datetime) -> Pending:
    """The pending confirmation, confirmed. Raises CodeUsedUp, CodeRouteClosed, CodeExpired or
    CodeWrong.

    Tries are counted in the database, not in the session: many requests at once share the count.
    They are counted for the code, and for the address too: asking for new codes buys no tries.
    """
    if not is_fresh(pending, at=at):
        raise CodeExpired
    tries = throttle.count_attempt(
        scope=f"accounts.{pending.purpose}_code",
        key=pending.id,
        window=timedelta(days=1),
        at=at,
    )
    if tries.count > rulebook.get_integer("accounts.email_code_tries", at=at):
        raise CodeUsedUp
    count_try(
        route=f"{pending.purpose}_guess",
        email=pending.email,
        origin=origin,
        at=at,
        closed=CodeRouteClosed,
    )
    digits = "".join(character for character in typed[:100] if character.isdigit())
    fits = hmac.compare_digest(hash_code(pending.purpose, pending.id, digits), pending.code_hash)
    if not fits:
        raise CodeWrong
    return replace(pending, confirmed_at=at.timestamp())
