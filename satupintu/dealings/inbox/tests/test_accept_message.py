# SPDX-License-Identifier: Apache-2.0
import threading
from datetime import timedelta
from pathlib import Path

import pytest
from django.db import IntegrityError, OperationalError, connection, transaction
from procrastinate.contrib.django.models import ProcrastinateJob

from satupintu.dealings.inbox import actions, queries
from satupintu.dealings.inbox.documents import SafeDocument
from satupintu.dealings.inbox.models import AcceptedKey, Document, Message
from satupintu.foundation.ids import new_id
from satupintu.foundation.outbox.models import Event
from satupintu.trust.accounts.tests.factories import AccountFactory
from satupintu.trust.agencies import actions as agencies
from satupintu.trust.agencies.tests.factories import AgencyFactory

from .factories import NOON, MessageFactory, make_letter, make_pdf, make_sender, make_subject


def accept(sender, subject, *, key="k-1", letter=None, document=None, at=NOON):
    return actions.accept_message(
        sender=sender,
        key=key,
        subject=subject,
        letter=letter or make_letter(),
        document=document,
        at=at,
    )


def known(account=None, agency=None):
    """A person, the sender, and the subject by which the sender knows her."""
    account = account or AccountFactory()
    sender = make_sender(agency)
    subject = make_subject(account=account, agency=sender.agency, sector=sender.sector)
    return account, sender, subject


def assert_nothing_was_stored():
    assert not Message.objects.exists()
    assert not Document.objects.exists()
    assert not AcceptedKey.objects.exists()
    assert not Event.objects.filter(type="inbox.message_received").exists()


@pytest.mark.django_db
def test_a_letter_is_in_the_inbox_with_its_event_and_its_job():
    account, sender, subject = known()

    receipt = accept(sender, subject, letter=make_letter(title="Surat keputusan"))

    message = Message.objects.get()
    assert (message.account_id, message.id) == (account.pk, receipt.message_id)
    assert message.title == "Surat keputusan"
    assert message.agency == sender.agency
    assert message.received_at == receipt.received_at == NOON
    assert message.read_at is None
    assert not receipt.is_replay
    assert Event.objects.get().data == {
        "account_id": str(account.pk),
        "message_id": str(receipt.message_id),
    }
    job = ProcrastinateJob.objects.get()
    assert job.args["subscriber"] == "inbox.announce_message"


@pytest.mark.django_db
def test_a_document_is_stored_beside_its_letter():
    _, sender, subject = known()
    document = SafeDocument(name="surat.pdf", content=make_pdf(), sha256="0" * 64)

    receipt = accept(sender, subject, letter=make_letter(body=""), document=document)

    row = Document.objects.get()
    assert row.message_id == receipt.message_id
    assert bytes(row.content) == document.content
    assert Message.objects.get().has_document


@pytest.mark.django_db
def test_the_same_key_and_content_deliver_once_and_answer_the_same():
    _, sender, subject = known()
    first = accept(sender, subject)

    again = accept(sender, subject, at=NOON + timedelta(days=2))

    assert again.is_replay
    assert (again.message_id, again.received_at) == (first.message_id, NOON)
    assert Message.objects.count() == Event.objects.count() == 1


@pytest.mark.django_db
@pytest.mark.parametrize(
    "change",
    [
        {"letter": make_letter(title="Lain")},
        {"letter": make_letter(body="Lain")},
        {"letter": make_letter(language="en")},
        {"document": SafeDocument(name="a.pdf", content=b"%PDF-", sha256="1" * 64)},
    ],
)
def test_the_same_key_with_another_content_is_refused(change):
    _, sender, subject = known()
    accept(sender, subject)

    with pytest.raises(actions.KeyReused):
        accept(sender, subject, **change)

    assert Message.objects.count() == 1
    assert not Document.objects.exists()


@pytest.mark.django_db
def test_the_same_key_for_another_person_is_refused():
    agency = AgencyFactory()
    _, sender, subject = known(agency=agency)
    _, _, other = known(agency=agency)
    accept(sender, subject)

    with pytest.raises(actions.KeyReused):
        accept(sender, other)


@pytest.mark.django_db
def test_two_clients_may_use_one_key():
    _, sender, subject = known()
    _, other, other_subject = known()
    accept(sender, subject)

    receipt = accept(other, other_subject)

    assert not receipt.is_replay
    assert Message.objects.count() == 2


@pytest.mark.django_db
def test_a_message_for_nobody_is_refused_and_leaves_its_key_free():
    _, sender, subject = known()

    with pytest.raises(actions.UnknownSubject):
        accept(sender, "nobody")

    assert_nothing_was_stored()
    assert not accept(sender, subject).is_replay


@pytest.mark.django_db
def test_another_sectors_subject_is_nobody():
    _, _, foreign = known()
    sender = make_sender()

    with pytest.raises(actions.UnknownSubject):
        accept(sender, foreign)

    assert_nothing_was_stored()


@pytest.mark.django_db
@pytest.mark.parametrize("state", ["pending", "ended"])
def test_an_agency_whose_link_does_not_stand_now_sends_nothing(state):
    sender = make_sender()
    subject = make_subject(
        account=AccountFactory(), agency=sender.agency, sector=sender.sector, state=state
    )

    with pytest.raises(actions.UnknownSubject):
        accept(sender, subject)

    assert_nothing_was_stored()


@pytest.mark.django_db
def test_another_agency_of_the_same_sector_needs_a_link_of_its_own():
    _, sender, subject = known()
    neighbour = make_sender(AgencyFactory(sector=sender.sector))

    with pytest.raises(actions.UnknownSubject):
        accept(neighbour, subject)

    assert_nothing_was_stored()


@pytest.mark.django_db
def test_a_suspended_agency_sends_nothing():
    _, sender, subject = known()
    agencies.suspend_agency(slug=sender.agency, at=NOON)

    with pytest.raises(actions.AgencySuspended):
        accept(sender, subject)

    assert_nothing_was_stored()


@pytest.mark.django_db
def test_a_letter_may_follow_an_earlier_one_of_the_same_sender():
    account, sender, subject = known()
    earlier = MessageFactory(account_id=account.pk, agency=sender.agency)

    receipt = accept(sender, subject, letter=make_letter(in_reply_to=earlier.id))

    letter = queries.get_message(account_id=account.pk, message_id=receipt.message_id)
    assert letter.earlier.id == earlier.id


@pytest.mark.django_db
@pytest.mark.parametrize("whose", ["nobody", "another agency", "another person"])
def test_a_letter_can_follow_no_other(whose):
    account, sender, subject = known()
    earlier = {
        "nobody": new_id,
        "another agency": lambda: MessageFactory(account_id=account.pk).id,
        "another person": lambda: MessageFactory(agency=sender.agency).id,
    }[whose]()

    with pytest.raises(actions.UnknownEarlierMessage):
        accept(sender, subject, letter=make_letter(in_reply_to=earlier))

    assert not AcceptedKey.objects.exists()


@pytest.mark.django_db
def test_an_empty_letter_is_refused_by_the_database():
    _, sender, subject = known()

    with pytest.raises(IntegrityError), transaction.atomic():
        accept(sender, subject, letter=make_letter(body=""))

    assert_nothing_was_stored()


@pytest.mark.django_db(transaction=True)
def test_one_key_sent_by_many_threads_at_once_delivers_one_letter():
    _, sender, subject = known()
    gate = threading.Barrier(6)
    receipts, errors = [], []

    def send():
        try:
            gate.wait(10)
            receipts.append(accept(sender, subject))
        except Exception as error:  # noqa: BLE001 - shown by the assertion below
            errors.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=send) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)

    assert errors == []
    assert len({receipt.message_id for receipt in receipts}) == 1
    assert sorted(receipt.is_replay for receipt in receipts) == [False] + [True] * 5
    assert Message.objects.count() == 1
    assert Event.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_one_key_with_two_contents_at_once_stores_one_and_refuses_the_other():
    _, sender, subject = known()
    gate = threading.Barrier(2)
    outcomes = []

    def send(title):
        try:
            gate.wait(10)
            outcomes.append(accept(sender, subject, letter=make_letter(title=title)).is_replay)
        except actions.KeyReused:
            outcomes.append("refused")
        finally:
            connection.close()

    threads = [threading.Thread(target=send, args=[title]) for title in ("Satu", "Dua")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)

    assert sorted(map(str, outcomes)) == ["False", "refused"]
    assert Message.objects.count() == 1


@pytest.fixture
def disk_full_on():
    """Makes an insert into a table fail as PostgreSQL fails when its disk is full."""
    tables = []

    def fill(table: str) -> None:
        with connection.cursor() as cursor:
            cursor.execute(
                """
                CREATE OR REPLACE FUNCTION pg_temp.fail_as_full() RETURNS trigger AS $$
                BEGIN
                    RAISE EXCEPTION 'could not extend file: No space left on device'
                        USING ERRCODE = 'disk_full';
                END $$ LANGUAGE plpgsql
                """
            )
            cursor.execute(
                f"CREATE TRIGGER disk_full BEFORE INSERT ON {table}"
                " FOR EACH ROW EXECUTE FUNCTION pg_temp.fail_as_full()"
            )
        tables.append(table)

    yield fill
    with connection.cursor() as cursor:
        for table in tables:
            cursor.execute(f"DROP TRIGGER disk_full ON {table}")


@pytest.mark.django_db(transaction=True)
def test_no_word_of_a_letter_reaches_the_servers_log(disk_full_on):
    _, sender, subject = known()
    disk_full_on("inbox_document")
    log = find_server_log()
    before = log.stat().st_size

    for table in ("inbox_document", "inbox_message"):
        with pytest.raises(OperationalError):
            accept(
                sender,
                subject,
                letter=make_letter(title="Judul rahasia", body="Isi rahasia"),
                document=SafeDocument(name="rahasia.pdf", content=b"%PDF", sha256="0" * 64),
            )
        if table == "inbox_document":
            disk_full_on("inbox_message")

    said = log.read_text()[before:]
    assert "No space left on device" in said
    assert "rahasia" not in said


def find_server_log() -> Path:
    """The log of this run's own server, which stands beside its folder."""
    with connection.cursor() as cursor:
        cursor.execute("SHOW data_directory")
        folder = Path(cursor.fetchone()[0])
    log = folder.with_name(f"{folder.name}.log")
    if not log.exists():
        pytest.skip("this server is not the embedded one, and logs elsewhere")
    return log


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    "table", ["inbox_accepted_key", "inbox_message", "inbox_document", "outbox_event"]
)
def test_a_disk_that_fills_while_a_letter_arrives_leaves_no_half_letter(disk_full_on, table):
    _, sender, subject = known()
    document = SafeDocument(name="surat.pdf", content=make_pdf(), sha256="0" * 64)
    disk_full_on(table)
    jobs_before = ProcrastinateJob.objects.count()

    with pytest.raises(OperationalError):
        accept(sender, subject, document=document)

    assert_nothing_was_stored()
    assert ProcrastinateJob.objects.count() == jobs_before


@pytest.mark.django_db
def test_a_letter_costs_few_statements(django_assert_num_queries):
    _, sender, subject = known()
    accept(sender, subject, key="warm")

    # Savepoint and its release, agencies and clients (never from memory in tests), subject,
    # link, event, job. Key and letter are one more, which Django does not see.
    with django_assert_num_queries(8):
        accept(sender, subject, key="measured")


@pytest.mark.django_db
def test_old_keys_are_forgotten_and_young_ones_kept():
    _, sender, subject = known()
    accept(sender, subject, key="old", at=NOON - timedelta(days=8))
    accept(sender, subject, key="young", at=NOON - timedelta(days=6))

    count = actions.sweep_accepted_keys(older_than=timedelta(days=7), at=NOON)

    assert count == 1
    assert AcceptedKey.objects.get().key == "young"
    assert Message.objects.count() == 2
