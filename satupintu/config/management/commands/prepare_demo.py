# SPDX-License-Identifier: Apache-2.0
"""What `satupintu demo` runs before the portal starts. Reads and answers JSON."""

import json
import sys
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from satupintu.config.demo import seeding
from satupintu.config.programs import migrate_database


class Command(BaseCommand):
    help = "Prepare the made-up country (run by `satupintu demo`)."

    def handle(self, *args: Any, **options: Any) -> None:
        # Made-up people with published passwords must never enter a real country's database.
        if not settings.DEMO:
            raise CommandError("prepare-demo runs in the demo only.")
        given = json.load(sys.stdin)
        migrate_database()
        seeded = seeding.seed_country(agencies=given["agencies"], at=timezone.now())
        json.dump(seeded, self.stdout, ensure_ascii=False)
