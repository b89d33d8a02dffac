# SPDX-License-Identifier: Apache-2.0
"""The OpenID Connect provider for agencies."""

from django.apps import AppConfig


class SigninConfig(AppConfig):
    name = "satupintu.trust.signin"
    label = "signin"

    def ready(self) -> None:
        from satupintu.trust.accounts import actions as accounts  # noqa: PLC0415

        from .provider.destination import read_destination  # noqa: PLC0415

        accounts.register_destination_reader(read_destination)
