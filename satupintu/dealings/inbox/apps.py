# SPDX-License-Identifier: Apache-2.0
"""Messages and documents from agencies."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class InboxConfig(AppConfig):
    name = "satupintu.dealings.inbox"
    label = "inbox"

    def ready(self) -> None:
        from satupintu.design import shell  # noqa: PLC0415
        from satupintu.foundation.outbox import actions as outbox  # noqa: PLC0415

        from . import handlers, navigation  # noqa: PLC0415

        outbox.subscribe(
            "inbox.message_received", "inbox.announce_message", handlers.announce_message
        )
        shell.register_nav_item(
            "inbox", _("Letters"), "inbox:list", order=30, badge=navigation.count_unread
        )
