# SPDX-License-Identifier: Apache-2.0
"""The OpenID Connect provider for agencies."""

from django.apps import AppConfig


class SigninConfig(AppConfig):
    name = "satupintu.trust.signin"
    label = "signin"

    def ready(self) -> None:
        # Here and not above: models are not there before.
        from satupintu.foundation.outbox import actions as outbox  # noqa: PLC0415
        from satupintu.trust.accounts import actions as accounts  # noqa: PLC0415
        from satupintu.trust.consent import actions as consents  # noqa: PLC0415
        from satupintu.trust.consent import queries as consent_queries  # noqa: PLC0415
        from satupintu.trust.staff import actions as staff  # noqa: PLC0415

        from . import actions, handlers, offline  # noqa: PLC0415
        from .provider.destination import read_destination  # noqa: PLC0415
        from .queries import find_name  # noqa: PLC0415

        accounts.register_destination_reader(read_destination)
        accounts.register_ending_listener("signin.end_sign_ins", actions.end_sign_ins)
        consents.register_attribute(offline.ATTRIBUTE)
        consents.register_withdrawal("signin", actions.take_back_sign_ins)
        consent_queries.register_pseudonym(find_name)
        staff.register_suspension_listener(
            "signin.end_tokens_of_suspended", actions.end_tokens_of_suspended
        )
        outbox.subscribe(actions.SIGNED_OUT, "signin.tell_clients", handlers.tell_clients)
