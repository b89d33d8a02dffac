# SPDX-License-Identifier: Apache-2.0
"""Tries are counted by account together with where they come from (safety rule 6).

A device on which this account signed in before has a count of its own, so no stranger can close
the door on the person who lives there. All other tries share a count for each rough network, and
one for the whole account that stops a guesser with many networks. A village behind one address
is never counted as one: the account is always part of the key.
"""

from datetime import datetime, timedelta

from django.utils.translation import gettext_lazy as _

from satupintu.foundation.crypto import keyed_hash
from satupintu.foundation.errors import Refusal
from satupintu.foundation.throttle import actions as throttle
from satupintu.trust.accounts.queries import Origin
from satupintu.trust.rulebook import queries as rulebook

DAY = timedelta(days=1)


class RouteClosed(Refusal):
    """Too many tries this way. Other ways stay open, and the message names them."""

    code = "route_closed"
    status = 429
    # "At least", because tries from many places close it for a day.
    message = _("Too many tries. Wait at least a quarter of an hour, or use another way.")


def hash_account(email: str) -> str:
    """How a device remembers, without a name, who signed in on it."""
    return keyed_hash("accounts.device", email)


def _describe_source(email: str, origin: Origin) -> str:
    if origin.device_key and hash_account(email) in origin.known_accounts:
        return f"device {origin.device_key}"
    return f"network {origin.network}"


def count_try(
    *, route: str, email: str, origin: Origin, at: datetime, closed: type[Refusal] = RouteClosed
) -> None:
    """Count one try of a route ("password", "totp", ...) and raise `closed` beyond the limit.

    The same statements run for an address without an account, so the answer tells nobody
    whether there is one.
    """
    source = _describe_source(email, origin)
    near = throttle.count_attempt(
        scope=f"accounts.{route}",
        key=f"{email}\x00{source}",
        window=rulebook.get_duration("accounts.signin_closed_for", at=at),
        at=at,
    )
    if near.count > rulebook.get_integer("accounts.signin_tries", at=at):
        raise closed
    if source.startswith("device"):
        return
    far = throttle.count_attempt(scope=f"accounts.{route}.unknown", key=email, window=DAY, at=at)
    if far.count > rulebook.get_integer("accounts.signin_tries_from_unknown_devices", at=at):
        raise closed


def forget_tries(*, route: str, email: str, origin: Origin) -> None:
    """After a success from here, what came before from here no longer counts."""
    throttle.forget_attempts(
        scope=f"accounts.{route}", key=f"{email}\x00{_describe_source(email, origin)}"
    )


def may_mail(*, purpose: str, email: str, origin: Origin, at: datetime) -> bool:
    """Whether another code may go to this address now: nobody's mailbox is flooded, and a
    stranger's asking leaves the person's own device its count."""
    count = throttle.count_attempt(
        scope=f"accounts.mail.{purpose}",
        key=f"{email}\x00{_describe_source(email, origin)}",
        window=timedelta(hours=1),
        at=at,
    )
    return count.count <= rulebook.get_integer("accounts.email_codes_an_hour", at=at)
