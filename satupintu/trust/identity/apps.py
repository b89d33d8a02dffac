# SPDX-License-Identifier: Apache-2.0
"""How strongly we know who a person is."""

from django.apps import AppConfig
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy


class IdentityConfig(AppConfig):
    name = "satupintu.trust.identity"
    label = "identity"

    def ready(self) -> None:
        from satupintu.trust.accounts import actions as accounts  # noqa: PLC0415
        from satupintu.trust.staff.access import (  # noqa: PLC0415
            StaffPage,
            register_staff_page,
        )

        from . import actions, handlers, queries  # noqa: PLC0415

        handlers.listen()
        accounts.load_with_account(queries.COLUMN, queries.STANDING_PROOFS)
        accounts.register_name_guard("identity", actions.guard_name)
        accounts.register_entry(
            "identity",
            accounts.Entry(
                label=gettext_lazy("Your identity"),
                icon="id-card",
                link=gettext_lazy("See how it stands"),
                url_name="identity:identity",
                say=_say_level,
            ),
        )
        register_staff_page(
            "counter",
            StaffPage(
                label=gettext_lazy("Counter"),
                why=gettext_lazy("Make sure who somebody is who stands before you."),
                url_name="identity_desk:counter",
                permission="counter.confirm",
                icon="id-card",
                order=5,
            ),
        )


def _say_level(request: HttpRequest) -> str:
    from . import queries  # noqa: PLC0415  models load after apps

    level = queries.get_level_of_user(request.user, at=timezone.now())
    return _("Proved") if level else _("Not proved yet; some services need it")
