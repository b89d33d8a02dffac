# SPDX-License-Identifier: Apache-2.0
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from satupintu.config.api import write_openapi


class Command(BaseCommand):
    help = "Print the agency API's OpenAPI description, or write it to a file."
    requires_system_checks = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--output", help="docs/agencies/portal-api.openapi.json")

    def handle(self, *args: Any, **options: Any) -> None:
        description = write_openapi()
        if options["output"]:
            with open(options["output"], "w", encoding="utf-8") as file:
                file.write(description)
        else:
            self.stdout.write(description, ending="")
