# SPDX-License-Identifier: Apache-2.0
"""Freeze everything after "this wasn't me", and have it back step by step."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ProtectionConfig(AppConfig):
    name = "satupintu.dealings.protection"
    label = "protection"

    def ready(self) -> None:
        from satupintu.trust.accounts import actions as accounts  # noqa: PLC0415
        from satupintu.trust.staff import access as desk  # noqa: PLC0415
        from satupintu.trust.staff import actions as staff  # noqa: PLC0415

        from . import actions, handlers, queries  # noqa: PLC0415

        handlers.listen()
        accounts.register_rescue(
            accounts.Rescue(
                title=_("Freeze everything"),
                text=_(
                    "For when you are sure, or very worried: everybody is thrown out, everywhere, "
                    "and no agency gives anything through your account until you have it back."
                ),
                link=_("Freeze everything"),
                url_name="protection:freeze",
                back_title=_("Your account is frozen already?"),
                back_text=_("With the number of your case, and at a counter, you get it back."),
                back_link=_("Get my account back"),
                back_url_name="protection:back",
                frozen_url_name="protection:case",
            )
        )
        staff.register_case_source("protection", queries.has_open_case)
        staff.register_act(
            "restore_person",
            staff.Act(
                title=_("Give an account back"),
                carry_out=actions.carry_out_restoration,
                describe=queries.describe_restoration,
            ),
        )
        desk.register_staff_page(
            "cases",
            desk.StaffPage(
                label=_("Cases"),
                why=_("“This wasn't me”: freeze for a caller, and give back."),
                url_name="cases:cases",
                permission="cases.see",
                icon="life-buoy",
                order=25,
            ),
        )
