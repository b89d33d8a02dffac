# SPDX-License-Identifier: Apache-2.0
"""`satupintu suspend`: the operator's emergency brake (safety rule 24)."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError, no_translations
from django.utils import timezone

from satupintu.foundation.errors import Refusal
from satupintu.trust.staff import actions

TARGETS = {
    "agency": "its slug",
    "client": "its client_id",
    "key": '"CLIENT_ID THUMBPRINT" (RFC 7638)',
    "person": "the e-mail address of the account",
    "staff": "her work e-mail address",
}


class Command(BaseCommand):
    help = "End all that an agency, a client, a key, a person or a staff member may do."

    def add_arguments(self, parser: ArgumentParser) -> None:
        kinds = parser.add_subparsers(dest="kind", required=True, metavar="|".join(TARGETS))
        for kind, what in TARGETS.items():
            one = kinds.add_parser(kind, help=f"target: {what}")
            one.add_argument("target", help=what)
            one.add_argument("--reason", required=True, help="one sentence; staff read it")

    @no_translations
    def handle(self, *_: Any, **options: Any) -> None:
        kind, typed = options["kind"], options["target"]
        try:
            actions.suspend(
                kind=kind,
                target=actions.find_target(kind=kind, typed=typed),
                reason=options["reason"],
                by=None,
                at=timezone.now(),
            )
        except Refusal as refusal:
            raise CommandError(f"{typed}: {refusal}") from refusal
        self.stdout.write(
            f"{typed} is suspended. It ends everywhere within a minute; two people lift it."
        )
