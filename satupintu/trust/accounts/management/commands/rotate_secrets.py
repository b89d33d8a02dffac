# SPDX-License-Identifier: Apache-2.0
from typing import Any

from django.core.management.base import BaseCommand

from satupintu.trust.accounts import actions


class Command(BaseCommand):
    help = "Re-encrypt stored secrets under the newest key of SATUPINTU_ENCRYPTION_KEYS."

    def handle(self, *args: Any, **options: Any) -> None:
        self.stdout.write(f"{actions.rotate_secrets()} secrets are under the newest key.")
