# SPDX-License-Identifier: Apache-2.0
import pytest
from django.core import mail

from satupintu.dealings.inbox import actions, handlers
from satupintu.dealings.inbox.models import Message
from satupintu.foundation.ids import new_id
from satupintu.foundation.outbox.actions import EventEnvelope, get_handler
from satupintu.trust.accounts.tests.factories import AccountFactory
from satupintu.trust.agencies import actions as agencies
from satupintu.trust.agencies.tests.factories import AgencyFactory

from .factories import NOON, MessageFactory

pytestmark = pytest.mark.django_db


def announce(message):
    actions.announce_message(account_id=message.account_id, message_id=message.id, at=NOON)


def make_message(language="id", **fields):
    account = AccountFactory(email="sari@surat.nusa", language=language)
    agency = AgencyFactory(slug="pajak", name_id="Kantor Pajak Nusa", name_en="Nusa Tax Office")
    return MessageFactory(account_id=account.pk, agency=agency.slug, **fields)


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("id", "Ada surat untuk Anda dari Kantor Pajak Nusa"),
        ("en", "You have a message from Nusa Tax Office"),
    ],
)
def test_the_mail_names_the_agency_in_the_persons_language(language, words):
    announce(make_message(language))

    sent = mail.outbox[0]
    assert sent.subject == words
    assert sent.to == ["sari@surat.nusa"]
    assert words in sent.body


def test_the_mail_has_no_link_and_nothing_of_the_letter():
    announce(make_message(title="Rahasia besar", body="Isi yang rahasia"))

    text = str(mail.outbox[0].message())
    assert "://" not in text
    assert "www." not in text
    assert "Rahasia" not in text
    assert "rahasia" not in text


def test_a_letter_is_announced_once_however_often_the_event_comes():
    message = make_message()
    event = EventEnvelope(
        id=new_id(),
        type="inbox.message_received",
        time=NOON,
        data={"account_id": str(message.account_id), "message_id": str(message.id)},
    )
    hear = get_handler("inbox.message_received", "inbox.announce_message")

    hear(event)
    hear(event)

    assert hear is handlers.announce_message
    assert len(mail.outbox) == 1
    assert Message.objects.get().announced_at is not None


def test_a_mail_server_that_is_down_leaves_the_letter_to_be_announced(monkeypatch):
    message = make_message()

    def refuse(self, *args, **kwargs):
        raise ConnectionRefusedError

    with monkeypatch.context() as broken:
        broken.setattr("django.core.mail.EmailMessage.send", refuse)
        with pytest.raises(ConnectionRefusedError):
            announce(message)
    announce(message)

    assert len(mail.outbox) == 1


def test_what_was_read_already_is_not_announced():
    announce(make_message(read_at=NOON))

    assert mail.outbox == []


def test_a_letter_of_an_agency_that_was_suspended_since_is_announced():
    message = make_message()
    agencies.suspend_agency(slug="pajak", at=NOON)

    announce(message)

    assert len(mail.outbox) == 1


def test_nobody_to_write_to_is_no_error():
    agency = AgencyFactory()
    message = MessageFactory(account_id=new_id(), agency=agency.slug)

    announce(message)

    assert mail.outbox == []
