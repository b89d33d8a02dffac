# SPDX-License-Identifier: Apache-2.0
"""The united policies that every app obeys."""

from typing import Any

from django.apps import AppConfig
from django.db.models.signals import post_migrate


def _seed(**_: Any) -> None:
    from .actions import seed_rulebook  # noqa: PLC0415  models load after apps

    seed_rulebook()


class RulebookConfig(AppConfig):
    name = "satupintu.trust.rulebook"
    label = "rulebook"

    def ready(self) -> None:
        post_migrate.connect(_seed, sender=self, dispatch_uid="rulebook.seed")
