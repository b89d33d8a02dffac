# SPDX-License-Identifier: Apache-2.0
"""The front pages: they compose what other apps answer, and own no data."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

from satupintu.design import shell


class HomeConfig(AppConfig):
    name = "satupintu.home"
    label = "home"

    def ready(self) -> None:
        shell.register_nav_item("home", _("Home"), "home:home", order=10)
        shell.register_footer_item("help", _("Help"), "home:help", order=10)
        shell.register_footer_item(
            "access_log", _("Access log"), "home:access_log_public", order=20
        )
        shell.register_footer_item("privacy", _("Privacy"), "home:privacy", order=30)
