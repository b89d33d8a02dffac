# SPDX-License-Identifier: Apache-2.0
from typing import Any

from django.core.management.base import BaseCommand

from satupintu.dealings.linking import actions as linking
from satupintu.foundation.audit import actions as audit
from satupintu.trust.accounts import actions as accounts
from satupintu.trust.signin import actions as signin


class Command(BaseCommand):
    help = (
        "Re-encrypt stored secrets under the newest key of SATUPINTU_ENCRYPTION_KEYS. "
        "Afterwards older keys may be taken out, once queued mails have left."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        for what, count in (
            ("secrets of accounts", accounts.rotate_secrets()),
            ("references to records", linking.rotate_secrets()),
            ("signing keys", signin.rotate_secrets()),
            ("keys of the access log", audit.rotate_secrets()),
        ):
            self.stdout.write(f"{count} {what} are under the newest key.")
