# SPDX-License-Identifier: Apache-2.0
"""A person's account: credentials, sessions, activity."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class AccountsConfig(AppConfig):
    name = "satupintu.trust.accounts"
    label = "accounts"

    def ready(self) -> None:
        from satupintu.design import language, shell  # noqa: PLC0415
        from satupintu.foundation.outbox import actions as outbox  # noqa: PLC0415

        from . import actions, handlers, time_limit  # noqa: PLC0415

        outbox.subscribe(actions.GUARD_CHANGED, "accounts.tell_mailbox", handlers.guard_changed)
        language.register_language_listener(handlers.keep_language)
        shell.register_time_limit(time_limit.read_time_limit)
        shell.register_nav_item("accounts", _("Account"), "accounts:security", order=90)
        shell.register_footer_item(
            "accounts.not_me", _("It was not me"), "accounts:not_me", order=20
        )
