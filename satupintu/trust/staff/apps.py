# SPDX-License-Identifier: Apache-2.0
"""Those who work for agencies: their sign-in, roles, reviews, and what takes two of them."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class StaffConfig(AppConfig):
    name = "satupintu.trust.staff"
    label = "staff"

    def ready(self) -> None:
        from . import actions, queries  # noqa: PLC0415
        from .navigation import StaffPage, register_staff_page  # noqa: PLC0415

        register_staff_page(
            "members",
            StaffPage(
                label=_("Colleagues"),
                why=_("Invite, change roles, end access."),
                url_name="staff:members",
                permission="members.manage",
                icon="users",
                order=10,
            ),
        )
        register_staff_page(
            "review",
            StaffPage(
                label=_("Review access"),
                why=_("Once a quarter: who still needs access."),
                url_name="staff:review",
                permission="members.review",
                icon="list-checks",
                order=20,
            ),
        )
        register_staff_page(
            "proposals",
            StaffPage(
                label=_("Second pair of eyes"),
                why=_("What colleagues propose, and two must agree on."),
                url_name="staff:proposals",
                permission="proposals.see",
                icon="eye",
                order=30,
            ),
        )
        register_staff_page(
            "suspensions",
            StaffPage(
                label=_("Suspend"),
                why=_(
                    "Stop an agency, a client, a key, an account or a colleague within a minute."
                ),
                url_name="staff:suspensions",
                permission="suspensions.see",
                icon="shield-off",
                order=40,
            ),
        )
        actions.register_act(
            actions.LIFT,
            actions.Act(
                title=_("Lift a suspension"),
                carry_out=actions.carry_out_lifting,
                describe=queries.describe_suspension,
            ),
        )
        register_staff_page(
            "passkeys",
            StaffPage(
                label=_("Passkeys"),
                why=_("Your only way in; keep two."),
                url_name="staff:passkeys",
                permission="passkeys.manage",
                icon="fingerprint",
                order=90,
            ),
        )
