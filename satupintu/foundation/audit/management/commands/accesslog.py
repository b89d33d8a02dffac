# SPDX-License-Identifier: Apache-2.0
"""`satupintu accesslog`: whether the access log is whole, and a new key for it."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError, no_translations
from django.utils import timezone

from satupintu.foundation.audit import actions, queries


class Command(BaseCommand):
    help = "Check the access log against its tree, or give it a new signing key."

    def add_arguments(self, parser: ArgumentParser) -> None:
        commands = parser.add_subparsers(
            dest="command", required=True, metavar="check|keys|rotate-key"
        )
        commands.add_parser(
            "check",
            help="read the whole log and say whether a line, a head or a key was changed",
            description="Read the whole log. Exit code 1 where something is not as it was written.",
        )
        commands.add_parser("keys", help="list the keys that signed heads, oldest first")
        commands.add_parser(
            "rotate-key",
            help="let the old key name a new one, which signs from now on",
            description=(
                "Retire the key that signs heads. Its last signature names the new key, so that "
                "whoever knew the old one can follow: people, their downloads, and the witness."
            ),
        )

    @no_translations
    def handle(self, *_: Any, **options: Any) -> None:
        getattr(self, "_" + options["command"].replace("-", "_"))()

    def _check(self) -> None:
        size, faults = queries.get_size(), 0
        self.stdout.write(f"Reading {size} lines, their tree, its heads and keys ...")
        self.stdout.flush()
        for fault in queries.find_faults():
            faults += 1
            self.stdout.write(f"  {fault}")
        if faults:
            raise CommandError(
                f"The access log is NOT whole: {faults} faults. Change nothing, keep the database "
                "as it is, and compare with the witness's last head and an older backup."
            )
        self.stdout.write(
            "The access log is whole. Whether lines were cut from its end is the witness's to say: "
            "a head that it has seen must still be there."
        )

    def _keys(self) -> None:
        for key in reversed(queries.list_keys()):
            until = f"until {key.retired_at:%Y-%m-%d %H:%M} UTC" if key.retired_at else "in use"
            self.stdout.write(
                f"{key.public_key}  since {key.created_at:%Y-%m-%d %H:%M} UTC, {until}"
            )

    def _rotate_key(self) -> None:
        new = actions.rotate_key(at=timezone.now())
        self.stdout.write(f"The access log now signs with {new}")
        self.stdout.write("The old key has named it; the public page shows both.")
