# SPDX-License-Identifier: Apache-2.0
"""`satupintu keys`: the portal's own signing keys (docs/how-to/rotate-signing-keys.md)."""

import json
from argparse import ArgumentParser
from datetime import datetime
from typing import Any

from django.core.management.base import BaseCommand, CommandError, no_translations
from django.utils import timezone

from satupintu.foundation.errors import Refusal
from satupintu.trust.signin import actions, queries
from satupintu.trust.signin.keychain import ALGORITHMS


class Command(BaseCommand):
    help = "List, rotate or suspend the keys with which the portal signs."

    def add_arguments(self, parser: ArgumentParser) -> None:
        commands = parser.add_subparsers(
            dest="command", required=True, metavar="list|rotate|suspend"
        )
        show = commands.add_parser(
            "list",
            help="every key, whether it signs, and until when it is published",
            description="List the portal's signing keys. Private halves are never shown.",
        )
        show.add_argument("--json", action="store_true", help="for programs")
        rotate = commands.add_parser(
            "rotate",
            help="let the next key sign from now on, before its time",
            description=(
                "Let the next key sign from now on. The schedule (rulebook, signin.key_interval) "
                "does this by itself; the old key stays published while what it signed may live."
            ),
        )
        rotate.add_argument(
            "--alg", choices=ALGORITHMS, help="this algorithm only (default: every one)"
        )
        suspend = commands.add_parser(
            "suspend",
            help="stop a key that somebody else may hold; the next one signs at once",
            description=(
                "Stop a key for good, within a minute everywhere: it signs and is published no "
                "more. If it was the one that signed, the next one takes its place at once. "
                'For a key of an agency\'s client, see "satupintu suspend key".'
            ),
        )
        suspend.add_argument("kid", help='its name, as "satupintu keys list" shows it')
        suspend.add_argument("--reason", required=True, help="one sentence, kept with the key")

    @no_translations
    def handle(self, *_: Any, **options: Any) -> None:
        at = timezone.now()
        match options["command"]:
            case "list":
                self._list(as_json=options["json"], at=at)
            case "rotate":
                wanted = [options["alg"]] if options["alg"] else list(ALGORITHMS)
                self._rotate(wanted, at=at)
            case "suspend":
                self._suspend(options["kid"], options["reason"], at=at)

    def _list(self, *, as_json: bool, at: datetime) -> None:
        actions.ensure_signing_keys(at=at)
        keys = queries.list_portal_keys(at=at)
        if as_json:
            self.stdout.write(json.dumps([_describe(key) for key in keys], indent=2))
            return
        for key in keys:
            until = key.published_until
            said = f"published until {_say(until)}" if until else "published"
            if key.card.suspended_at is not None:
                said = f"suspended {_say(key.card.suspended_at)}: {key.card.suspended_for}"
            self.stdout.write(
                f"{key.card.algorithm}  {key.card.kid}  {key.state:<9}  "
                f"signs from {_say(key.card.signs_from)}, {said}"
            )

    def _rotate(self, algorithms: list[str], *, at: datetime) -> None:
        refused = []
        for algorithm in algorithms:
            try:
                kid = actions.rotate_signing_key(algorithm=algorithm, at=at)
            except actions.NextKeyTooNew as refusal:
                ready = _say(refusal.ready_at)
                refused.append(f"{algorithm}: {refusal} It may sign from {ready} on.")
            else:
                self.stdout.write(f"{algorithm}: {kid} signs from now on.")
        if refused:
            hint = 'If a key may be in wrong hands, use "satupintu keys suspend KID".'
            raise CommandError("\n".join([*refused, hint]))

    def _suspend(self, kid: str, reason: str, *, at: datetime) -> None:
        if not reason.strip():
            raise CommandError("Give a reason: one sentence, kept with the key.")
        try:
            heir = actions.suspend_signing_key(kid=kid, reason=reason.strip()[:500], at=at)
        except Refusal as refusal:
            raise CommandError(f"{kid}: {refusal}") from refusal
        self.stdout.write(f"{kid} is suspended, for good, within a minute everywhere.")
        if heir:
            self.stdout.write(f"{heir} signs from now on.")
        seconds = queries.get_cache_lifetime(at=at).total_seconds()
        self.stdout.write(
            f"Programs that keep the key set learn of it within {seconds / 60:.0f} minutes."
        )


def _say(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%d %H:%M UTC")


def _describe(key: queries.PortalKey) -> dict[str, Any]:
    until, suspended = key.published_until, key.card.suspended_at
    return {
        "kid": key.card.kid,
        "alg": key.card.algorithm,
        "state": str(key.state),
        "created_at": key.card.created_at.isoformat(),
        "signs_from": key.card.signs_from.isoformat(),
        "published_until": until.isoformat() if until else None,
        "suspended_at": suspended.isoformat() if suspended else None,
        "suspended_for": key.card.suspended_for,
    }
