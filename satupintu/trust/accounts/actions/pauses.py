# SPDX-License-Identifier: Apache-2.0
"""A code from a letter pauses an account: at once, for a while, and nothing more (safety rule 11).

A pause undoes nothing and restores nothing. It never touches what an agency pays or delivers.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.contrib.auth.hashers import check_password, make_password
from django.db import IntegrityError, transaction
from django.utils import translation
from django.utils.translation import gettext_lazy as _

from satupintu.foundation import crypto
from satupintu.foundation.errors import Refusal
from satupintu.foundation.outbox import actions as outbox
from satupintu.foundation.throttle import actions as throttle
from satupintu.trust.accounts.endings import end_rows
from satupintu.trust.accounts.models import Account, AccountSession, Activity, Pause, PauseCode
from satupintu.trust.accounts.queries import Origin, PauseCard, get_running_pause
from satupintu.trust.accounts.rules import pauses
from satupintu.trust.rulebook import queries as rulebook

from . import mails
from .activity import record_activity

ACCOUNT_PAUSED = "accounts.account_paused"
# Whatever was pasted, no code is longer.
LONGEST_TYPED = 100


class PauseCodeWrong(Refusal):
    """Wrong, too old and never given look the same, and take the same time."""

    code = "pause_code_wrong"
    message = _(
        "This code is not right, or its time is over. Compare it with the letter: it has twenty "
        "letters and digits."
    )


class PauseCodeRouteClosed(Refusal):
    code = "pause_code_route_closed"
    status = 429
    message = _(
        "Too many wrong codes. Wait an hour, or go to the office that wrote to you: its address "
        "stands in the letter."
    )


class PausedLately(Refusal):
    """Once in 30 days: a stranger who reads a mailbox must not keep its owner out for ever."""

    code = "paused_lately"
    message = _(
        "This account was paused a short while ago, and cannot be paused again by a code yet. Go "
        "to the office that wrote to you, and take your identity card with you."
    )
    status = 409


class AccountPaused(Refusal):
    code = "account_paused"
    message = _("Your account is paused. Nothing can be changed in it until the pause is over.")
    status = 403

    def __init__(self, pause: PauseCard) -> None:
        super().__init__()
        self.pause = pause


class AccountFrozen(Refusal):
    """Said to nobody who has not given all the proofs of the account."""

    code = "account_frozen"
    message = _("Your account is frozen. Nothing can be changed in it until you have it back.")
    status = 403


@dataclass(frozen=True)
class Pausing:
    """What a code came to. `is_new`: it was this very code, now; otherwise it was paused before,
    or (`pause.ends_at` is over) the code has done its one thing."""

    pause: PauseCard
    is_new: bool


Listener = Callable[[UUID, PauseCard, datetime], None]
_listeners: dict[str, Listener] = {}


def on_pause(name: str, listener: Listener) -> None:
    """Have `listener(account_id, pause, at)` called in the transaction of every pause: what must
    stop with the account stops at the same moment. Call it from `AppConfig.ready()` only."""
    _listeners[name] = listener


def make_pause_code(*, account_id: UUID, origin: str, about: UUID, at: datetime) -> str:
    """A new code in clear, seen only now. `origin` is "link" or "guard"."""
    expires_at = at + rulebook.get_duration("accounts.pause_code_lifetime", at=at)
    while True:
        code = crypto.new_code(length=pauses.CODE_LENGTH)
        try:
            with transaction.atomic():
                PauseCode.objects.create(
                    selector=code[: pauses.SELECTOR],
                    secret_hash=make_password(code[pauses.SELECTOR :]),
                    account_id=account_id,
                    origin=origin,
                    about=about,
                    made_at=at,
                    expires_at=expires_at,
                )
        except IntegrityError:
            # One in 34 billion: the first seven characters are taken.
            continue
        return code


def use_pause_code(*, typed: str, origin: Origin, at: datetime) -> Pausing:
    """Pause the account that a code is about. Needs no account and no sign-in.

    The same code again answers what it came to, calmly. Raises PauseCodeWrong,
    PauseCodeRouteClosed or PausedLately; nothing is changed then.
    """
    code = crypto.normalize_code(typed[:LONGEST_TYPED])
    _count_try(code, origin=origin, at=at)
    row = PauseCode.objects.filter(selector=code[: pauses.SELECTOR]).first()
    secret = code[pauses.SELECTOR :]
    if row is None:
        # As much work as a hit, so that time does not tell which codes exist.
        make_password(secret)
        raise PauseCodeWrong
    if not check_password(secret, row.secret_hash) or row.expires_at <= at:
        raise PauseCodeWrong
    return _pause(selector=row.selector, at=at)


def _count_try(code: str, *, origin: Origin, at: datetime) -> None:
    """By the first seven characters, which stand for one account, and by where they are typed:
    a guesser who tries many codes once is stopped too. Nobody who does not hold a letter knows
    its first seven characters, so no stranger can use them up for its owner."""
    window = rulebook.get_duration("accounts.pause_closed_for", at=at)
    one_code = throttle.count_attempt(
        scope="accounts.pause.code", key=code[: pauses.SELECTOR], window=window, at=at
    )
    one_place = throttle.count_attempt(
        scope="accounts.pause.place",
        key=f"device {origin.device_key}" if origin.device_key else f"network {origin.network}",
        window=window,
        at=at,
    )
    if one_code.count > rulebook.get_integer(
        "accounts.pause_tries", at=at
    ) or one_place.count > rulebook.get_integer("accounts.pause_tries_from_one_place", at=at):
        raise PauseCodeRouteClosed


@transaction.atomic
def _pause(*, selector: str, at: datetime) -> Pausing:
    account_id = PauseCode.objects.values_list("account_id", flat=True).get(selector=selector)
    # Whoever signs in or changes a guard locks the same row: one of the two comes first.
    account = Account.objects.select_for_update(of=("self",)).filter(id=account_id).first()
    if account is None:
        raise PauseCodeWrong
    code = PauseCode.objects.get(selector=selector)
    latest = Pause.objects.filter(account_id=account_id).order_by("-started_at").first()
    card = None if latest is None else PauseCard.read(latest)
    if card is not None and (code.used_at is not None or card.is_running(at=at)):
        return Pausing(pause=card, is_new=False)
    if card is not None and not pauses.may_pause_again(
        last_started_at=card.started_at,
        interval=rulebook.get_duration("accounts.pause_interval", at=at),
        at=at,
    ):
        raise PausedLately
    row = Pause.objects.create(
        account_id=account_id,
        origin=code.origin,
        about=code.about,
        started_at=at,
        ends_at=at + rulebook.get_duration("accounts.pause_lifetime", at=at),
    )
    PauseCode.objects.filter(selector=selector).update(used_at=at)
    end_rows(
        AccountSession.objects.filter(account_id=account_id), is_sign_out=False, at=at, why="paused"
    )
    record_activity(account_id=account_id, kind=Activity.Kind.PAUSED, origin=Origin(), at=at)
    card = PauseCard.read(row)
    with translation.override(account.language):
        mails.queue_paused(to=account.email, ends_at=card.ends_at, at=at)
    for listener in _listeners.values():
        listener(account_id, card, at)
    outbox.publish(ACCOUNT_PAUSED, {"account_id": str(account_id), "pause_id": str(card.id)}, at=at)
    return Pausing(pause=card, is_new=True)


def refuse_while_paused(*, account_id: UUID, at: datetime) -> None:
    """Raises AccountPaused or AccountFrozen. Must run in the transaction of what these forbid: it
    holds the account until the end of it, so they come before or after, never in between."""
    account = (
        Account.objects.select_for_update(of=("self",))
        .only("id", "frozen_at")
        .filter(id=account_id)
        .first()
    )
    if account is not None and account.frozen_at is not None:
        raise AccountFrozen
    pause = get_running_pause(account_id=account_id, at=at)
    if pause is not None:
        raise AccountPaused(pause)


def forget_pause_codes(*, at: datetime) -> int:
    """Codes whose time is over open nothing; here they are forgotten too."""
    forgotten, _rows = PauseCode.objects.filter(expires_at__lte=at).delete()
    return forgotten
