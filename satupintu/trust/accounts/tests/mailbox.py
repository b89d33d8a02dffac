# SPDX-License-Identifier: Apache-2.0
"""Does what the worker would: runs our queued jobs, and reads the mails."""

import re

from django.core import mail
from procrastinate.contrib.django.models import ProcrastinateJob

from satupintu.foundation.outbox.tasks import deliver_event
from satupintu.trust.accounts import tasks

OURS = {
    "satupintu.trust.accounts.tasks.send_sealed_mail": tasks.send_sealed_mail,
    "satupintu.trust.accounts.tasks.send_notice": tasks.send_notice,
    "satupintu.trust.accounts.tasks.record_failed_sign_in": tasks.record_failed_sign_in,
    "satupintu.foundation.outbox.tasks.deliver_event": deliver_event,
}


def run_jobs():
    """All jobs of ours, and those that they queue, each once."""
    done = set()
    while waiting := [job for job in ProcrastinateJob.objects.order_by("id") if job.id not in done]:
        for job in waiting:
            done.add(job.id)
            if job.task_name in OURS:
                OURS[job.task_name](**job.args)
    # The table itself is read-only to Django; a second call must not send again.
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM procrastinate_jobs WHERE id = ANY(%s)", [list(done)])


def read_mails():
    run_jobs()
    return mail.outbox


def read_code(to):
    """The six digits of the latest mail to an address."""
    mails = [one for one in read_mails() if one.to == [to]]
    return re.search(r"\d{3} \d{3}", mails[-1].body).group()
