# SPDX-License-Identifier: Apache-2.0
"""`satupintu agency`: add an agency, list them, note what one has shown."""

import json
import sys
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.core.validators import URLValidator, validate_slug
from django.forms import ValidationError
from django.utils import timezone

from satupintu.trust.agencies import actions, queries

TEXTS = {
    "slug": 60,
    "name_id": 120,
    "name_en": 120,
    "summary_id": 300,
    "summary_en": 300,
    "level": 20,
    "sector": 60,
    "icon": 40,
    "site_url": 200,
    "api_url": 200,
}
LEVELS = ("national", "provincial")


class Command(BaseCommand):
    help = "Add an agency or bring it up to date, list all, or note what one has shown."

    def add_arguments(self, parser: ArgumentParser) -> None:
        commands = parser.add_subparsers(
            dest="command", required=True, metavar="add|list|provisional"
        )
        add = commands.add_parser("add", help="add an agency, or bring it up to date")
        add.add_argument("file", help="its description as JSON; - reads it from the input")
        commands.add_parser("list", help="list the agencies that take part")
        provisional = commands.add_parser(
            "provisional", help="note whether an agency serves provisional links safely"
        )
        provisional.add_argument("slug")
        provisional.add_argument(
            "answer", choices=["shown", "not-shown"], help="what its conformance report says"
        )

    def handle(self, *_: Any, **options: Any) -> None:
        if options["command"] == "add":
            self._add(options["file"])
        elif options["command"] == "provisional":
            self._note(options["slug"], serves=options["answer"] == "shown")
        else:
            for card in queries.list_agencies():
                self.stdout.write(f"{card.slug}  {card.level}  {card.sector}  {card.api_url}")

    def _add(self, file: str) -> None:
        agency = _read(file)
        actions.register_agency(
            **{name: agency[name] for name in TEXTS},
            sees=agency["sees"],
            login_url=agency.get("login_url", ""),
            at=timezone.now(),
        )
        self.stdout.write(f"{agency['slug']} takes part.")

    def _note(self, slug: str, *, serves: bool) -> None:
        try:
            actions.record_provisional_service(slug=slug, serves=serves, at=timezone.now())
        except actions.UnknownAgency as refusal:
            raise CommandError(str(refusal)) from refusal
        self.stdout.write(
            f"{slug} serves provisional links." if serves else f"{slug} waits for links to settle."
        )


def _read(file: str) -> dict[str, Any]:
    try:
        text = sys.stdin.read() if file == "-" else Path(file).read_text("utf-8")
        agency = json.loads(text)
    except OSError as error:
        raise CommandError(f"{file} can't be read: {error.strerror}.") from error
    except ValueError as error:
        raise CommandError(f"{file} is not JSON.") from error
    if not isinstance(agency, dict):
        raise CommandError(f"{file} is no description of an agency.")
    for name, longest in TEXTS.items():
        value = agency.get(name)
        if not isinstance(value, str) or not 1 <= len(value) <= longest:
            raise CommandError(f"{name} is a text of 1 to {longest} characters.")
    _check(agency)
    return agency


def _check(agency: dict[str, Any]) -> None:
    sees = agency.get("sees")
    if not isinstance(sees, list) or not all(
        isinstance(line, dict) and {"id", "en"} <= line.keys() for line in sees
    ):
        raise CommandError('sees is a list of {"id": "...", "en": "..."}.')
    if agency["level"] not in LEVELS:
        raise CommandError(f"level is one of: {', '.join(LEVELS)}.")
    is_url = URLValidator(schemes=["https", "http"])
    try:
        validate_slug(agency["slug"])
        validate_slug(agency["sector"])
        for name in ("site_url", "api_url"):
            is_url(agency[name])
    except ValidationError as error:
        raise CommandError(
            "slug and sector are small words with hyphens; site_url and api_url are addresses."
        ) from error
