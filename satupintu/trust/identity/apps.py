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
        from satupintu.trust.staff import actions as staff  # noqa: PLC0415
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
        staff.register_act(
            actions.ENROL,
            staff.Act(
                title=gettext_lazy("Let somebody vouch for others"),
                carry_out=actions.carry_out_enrolment,
                describe=actions.describe_enrolment,
            ),
        )
        staff.register_case_source("identity.reviews", actions.has_case)
        register_staff_page(
            "communities",
            StaffPage(
                label=gettext_lazy("Communities"),
                why=gettext_lazy("Who may vouch for people without papers."),
                url_name="identity_desk:communities",
                permission="communities.see",
                icon="users",
                order=12,
            ),
        )
        register_staff_page(
            "attestation_reviews",
            StaffPage(
                label=gettext_lazy("Second looks"),
                why=gettext_lazy(
                    "Proofs by a community that need a second look, each with a clock."
                ),
                url_name="identity_desk:reviews",
                permission="attestations.review",
                icon="list-checks",
                order=14,
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
