# SPDX-License-Identifier: Apache-2.0
import pytest
from django.core import mail
from procrastinate.contrib.django.models import ProcrastinateJob

from satupintu.dealings.linking import handlers, tasks
from satupintu.foundation.outbox.actions import EventEnvelope
from satupintu.foundation.outbox.models import Event
from satupintu.trust.accounts.tests.factories import AccountFactory

from .ways import link, unlink


def deliver(event_type):
    row = Event.objects.get(type=event_type)
    handler = {
        "linking.record_linked": handlers.notify_of_link,
        "linking.record_unlinked": handlers.notify_of_unlink,
    }[event_type]
    handler(EventEnvelope(id=row.id, type=row.type, time=row.time, data=row.data))
    job = ProcrastinateJob.objects.get(
        task_name="satupintu.dealings.linking.tasks.send_link_notice"
    )
    tasks.send_link_notice(**job.args)


@pytest.mark.parametrize(
    ("language", "subject"),
    [
        ("id", "Layanan baru ditautkan ke akun Anda"),
        ("en", "A service was added to your account"),
    ],
)
def test_a_new_link_is_told_by_mail_in_the_persons_language(tax, language, subject, at):
    account = AccountFactory(language=language)
    link(account)

    deliver("linking.record_linked")

    (message,) = mail.outbox
    assert message.subject == subject
    assert message.to == [account.email]


def test_the_mail_names_no_agency_and_holds_no_address(sari, tax, at):
    link(sari)

    deliver("linking.record_linked")

    (message,) = mail.outbox
    assert "Pajak" not in message.body + message.subject
    assert "http" not in message.body
    assert "@" not in message.body


def test_the_end_of_a_link_is_told_too(sari, tax, at):
    link(sari)
    unlink(sari)

    deliver("linking.record_unlinked")

    assert len(mail.outbox) == 1


def test_nobody_is_told_about_an_account_that_is_gone(sari, tax, at):
    link(sari)
    sari.delete()

    deliver("linking.record_linked")

    assert mail.outbox == []


def test_both_events_have_a_hearer(sari):
    from satupintu.foundation.outbox import actions as outbox

    assert outbox.get_handler("linking.record_linked", "linking.notify_of_link")
    assert outbox.get_handler("linking.record_unlinked", "linking.notify_of_unlink")
