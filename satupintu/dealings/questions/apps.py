# SPDX-License-Identifier: Apache-2.0
"""A person asks why a line stands in her access log; whoever read answers, under a clock."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class QuestionsConfig(AppConfig):
    name = "satupintu.dealings.questions"
    label = "questions"

    def ready(self) -> None:
        # Here and not above: models are not there before.
        from satupintu.foundation.outbox import actions as outbox  # noqa: PLC0415
        from satupintu.trust.staff.access import (  # noqa: PLC0415
            StaffPage,
            register_staff_page,
        )

        from . import handlers  # noqa: PLC0415

        outbox.subscribe("questions.question_asked", "questions.tell_agency", handlers.tell_agency)
        outbox.subscribe(
            "questions.question_answered", "questions.tell_person", handlers.tell_person
        )
        register_staff_page(
            "questions",
            StaffPage(
                label=_("Questions about the log"),
                why=_("What people ask about what staff here did, each with a clock."),
                url_name="questions:staff_list",
                permission="questions.answer",
                icon="circle-help",
                order=50,
            ),
        )
