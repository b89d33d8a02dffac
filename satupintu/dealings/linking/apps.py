# SPDX-License-Identifier: Apache-2.0
"""A person's account joined to an agency's record."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class LinkingConfig(AppConfig):
    name = "satupintu.dealings.linking"
    label = "linking"

    def ready(self) -> None:
        # Here and not above: models are not there before.
        from satupintu.design import shell  # noqa: PLC0415

        from . import handlers  # noqa: PLC0415

        handlers.listen()
        shell.register_nav_item("services", _("Services"), "linking:directory", order=20)
