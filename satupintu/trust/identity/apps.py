# SPDX-License-Identifier: Apache-2.0
"""How strongly we know who a person is."""

from django.apps import AppConfig


class IdentityConfig(AppConfig):
    name = "satupintu.trust.identity"
    label = "identity"

    def ready(self) -> None:
        from satupintu.trust.accounts import actions as accounts  # noqa: PLC0415

        from . import handlers, queries  # noqa: PLC0415

        handlers.listen()
        accounts.load_with_account(queries.COLUMN, queries.STANDING_PROOFS)
