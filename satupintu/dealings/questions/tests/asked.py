# SPDX-License-Identifier: Apache-2.0
"""Lines of a log and questions about them, to test with."""

import json
from datetime import timedelta

from django.db import connection
from django.utils import timezone

from satupintu.dealings.questions import actions
from satupintu.dealings.questions.models import Question
from satupintu.foundation.audit import actions as audit
from satupintu.foundation.audit.tests.logs import look

WITHIN = timedelta(hours=72)


def see(account, *, agency="tax", kind="agency", role="assessor", **changes):
    """One reading of somebody's data; answers the line's id."""
    actor = audit.Actor(kind=kind, agency=agency, role=role)
    return look(account_id=account.pk, actor=actor, **({"at": timezone.now()} | changes))


def ask(account, *, at=None, text="", **changes):
    """A line and a question about it; answers the question's row."""
    at = at or timezone.now()
    question_id = actions.ask(
        account_id=account.pk, access_id=see(account, at=at, **changes), text=text, at=at
    )
    return Question.objects.get(account_id=account.pk, id=question_id)


def list_jobs(task, **arguments):
    """The arguments of this task's jobs that wait and carry these arguments."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT args FROM procrastinate_jobs WHERE status = 'todo' AND task_name = %s", [task]
        )
        found = [json.loads(row[0]) for row in cursor]
    return [args for args in found if arguments.items() <= args.items()]
