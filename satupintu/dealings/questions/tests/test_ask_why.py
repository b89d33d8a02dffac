# SPDX-License-Identifier: Apache-2.0
import threading
from datetime import timedelta

import pytest
from django.core import mail
from django.db import connection, transaction
from django.urls import reverse
from django.utils import timezone

from satupintu.dealings.exchange.actions import AgencyUnavailable
from satupintu.dealings.exchange.tests.fake_agency import run_fake_agency
from satupintu.dealings.questions import actions, queries, tasks
from satupintu.dealings.questions.models import Question
from satupintu.dealings.questions.tests.asked import WITHIN, ask, list_jobs, see
from satupintu.foundation.audit import actions as audit
from satupintu.foundation.audit.models import AccessRecord
from satupintu.foundation.ids import new_id
from satupintu.foundation.outbox.models import Event
from satupintu.trust.accounts.tests.factories import AccountFactory, sign_in
from satupintu.trust.agencies.tests.factories import AgencyFactory
from satupintu.trust.rulebook.actions import seed_rulebook
from satupintu.trust.signin.queries import get_subject


@pytest.fixture
def sari(client, db):
    AgencyFactory(slug="tax", sector="fiscal", name_id="Kantor Pajak Nusa")
    account = AccountFactory()
    sign_in(client, account)
    return account


def open_page(client, access_id):
    response = client.get(reverse("questions:why", args=[access_id]))
    assert response.status_code == 200
    return response.content.decode()


def post(client, access_id, **typed):
    return client.post(reverse("questions:why", args=[access_id]), typed)


# --- Asking ---------------------------------------------------------------------------------------


def test_a_person_asks_about_a_line_and_sees_by_when_the_agency_must_answer(client, sari):
    access_id = see(sari)

    response = post(client, access_id, text="Saya tidak melapor pajak.")

    question = Question.objects.get()
    assert response.status_code == 302
    assert question.due_at == question.asked_at + WITHIN
    html = open_page(client, access_id)
    assert "Kantor Pajak Nusa harus menjawab paling lambat" in html
    assert "Saya tidak melapor pajak." in html
    assert "<form" not in html.split("<main", 1)[1].split("</main>", 1)[0]


def test_asking_twice_is_one_question_with_the_first_words(client, sari):
    access_id = see(sari)

    post(client, access_id, text="pertama")
    post(client, access_id, text="kedua")

    assert Question.objects.get().text == "pertama"
    assert Event.objects.filter(type="questions.question_asked").count() == 1


@pytest.mark.django_db(transaction=True)
def test_two_tabs_that_ask_at_once_make_one_question():
    seed_rulebook()
    account, ids = AccountFactory(), []
    access_id = see(account)
    ready = threading.Barrier(4)

    def click():
        try:
            ready.wait(10)
            ids.append(
                actions.ask(account_id=account.pk, access_id=access_id, text="", at=timezone.now())
            )
        finally:
            connection.close()

    threads = [threading.Thread(target=click) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(ids) == 4
    assert len(set(ids)) == 1
    asked = Event.objects.filter(type="questions.question_asked", data__account_id=str(account.pk))
    assert asked.count() == 1


def test_nobody_asks_about_the_line_of_another(client, sari):
    access_id = see(AccountFactory())

    assert client.get(reverse("questions:why", args=[access_id])).status_code == 404
    assert post(client, access_id).status_code == 404
    assert not Question.objects.exists()


def test_one_factor_asks_nothing_and_sees_nothing(client, db):
    account = AccountFactory()
    access_id = see(account)

    assert client.get(reverse("questions:why", args=[access_id])).status_code == 302
    assert post(client, access_id).status_code == 302
    assert not Question.objects.exists()


def test_a_line_about_a_helper_is_asked_in_person(client, sari):
    access_id = see(sari, kind="helper", agency="")

    assert "Tanyakan langsung" in open_page(client, access_id)
    response = post(client, access_id)

    assert response.status_code == 422
    assert not Question.objects.exists()


def test_words_with_hidden_signs_are_refused_and_kept_as_typed(client, sari):
    response = post(client, see(sari), text="balik \u202e arah")

    assert response.status_code == 422
    assert "balik" in response.content.decode()
    assert not Question.objects.exists()


def test_whoever_has_many_open_waits_for_answers(sari):
    for _ in range(20):
        ask(sari)

    with pytest.raises(actions.TooManyOpen):
        ask(sari)


def test_markup_is_shown_as_text_and_does_nothing(client, sari):
    question = ask(sari, text="<b>keras</b>")

    html = open_page(client, question.access_id)

    assert "&lt;b&gt;keras&lt;/b&gt;" in html


# --- The agency hears it --------------------------------------------------------------------------


def tell(question):
    actions.tell_agency(account_id=question.account_id, question_id=question.id, at=timezone.now())


@pytest.fixture
def office(db):
    with run_fake_agency() as running:
        AgencyFactory(slug="tax", sector="fiscal", api_url=running.url)
        yield running


def test_the_agency_gets_the_line_by_its_own_subject_and_nothing_else(office):
    question = ask(AccountFactory(), text="Mengapa?")

    tell(question)
    tell(question)

    (sent,) = office.questions.values()
    assert office.count("POST", "/access-questions") == 1
    assert sent["subject"] == get_subject(account_id=question.account_id, sector="fiscal")
    assert sent["question_id"] == str(question.id)
    assert sent["text"] == "Mengapa?"
    assert sent["access"]["words_en"] == "saw your address, to send assessment 0"
    assert str(question.account_id) not in str(sent)
    assert str(question.access_id) not in str(sent)


@pytest.mark.parametrize("fault", ["error", "hang_up", "html", "redirect"])
def test_a_dead_agency_is_asked_again_until_it_takes_the_question(client, office, fault):
    account = AccountFactory()
    sign_in(client, account)
    question = ask(account)
    office.fault, office.faults_left = fault, 1

    with pytest.raises(AgencyUnavailable):
        tell(question)
    assert "belum menerima pertanyaan Anda" in open_page(client, question.access_id)
    tell(question)

    question.refresh_from_db()
    assert question.told_at is not None
    assert "telah menerima pertanyaan Anda" in open_page(client, question.access_id)


def test_the_sweep_carries_on_where_the_tries_stopped_and_starts_one_job_each(db):
    AgencyFactory(slug="tax")
    account = AccountFactory()
    waiting, fresh = ask(account, at=timezone.now() - timedelta(hours=2)), ask(account)
    told = ask(account, at=timezone.now() - timedelta(hours=2))
    Question.objects.filter(id=told.id).update(told_at=timezone.now())

    for _ in range(2):
        tasks.sweep_questions(timestamp=int(timezone.now().timestamp()))

    jobs = list_jobs(tasks.tell_agency.name, account_id=str(account.pk))
    assert [job["question_id"] for job in jobs] == [str(waiting.id)]
    assert str(fresh.id) not in str(jobs)


def test_an_answered_question_is_not_carried_to_anybody(office):
    question = ask(AccountFactory())
    actions.answer_as_agency(
        agency="tax", question_id=question.id, text="Begini.", language="id", at=timezone.now()
    )

    tell(question)

    assert office.calls == []


@pytest.mark.django_db(transaction=True)
def test_no_agency_is_called_from_inside_a_transaction(office):
    seed_rulebook()
    question = ask(AccountFactory())

    with transaction.atomic(), pytest.raises(RuntimeError, match="durable"):
        tell(question)

    assert office.calls == []


# --- What she sees --------------------------------------------------------------------------------


def test_a_late_answer_is_said_to_be_late_honestly(client, sari):
    question = ask(sari, at=timezone.now() - WITHIN - timedelta(hours=1))

    html = open_page(client, question.access_id)

    assert "Jawabannya terlambat" in html
    assert "Kantor Pajak Nusa harus menjawab paling lambat" in html
    assert "belum menjawab" in html


def test_an_answer_that_came_late_says_so(client, sari):
    question = ask(sari, at=timezone.now() - WITHIN - timedelta(hours=1))
    actions.answer_as_agency(
        agency="tax",
        question_id=question.id,
        text="Baris satu\n<script>",
        language="id",
        at=timezone.now(),
    )

    html = open_page(client, question.access_id)

    assert "Baris satu\n&lt;script&gt;" in html
    assert "lebih lambat dari yang seharusnya" in html


def test_the_log_and_the_list_show_what_was_asked(client, sari):
    question = ask(sari)
    plain = see(sari)

    log = client.get(reverse("home:access_log")).content.decode()
    own = client.get(reverse("questions:list")).content.decode()

    for access_id in (question.access_id, plain):
        assert reverse("questions:why", args=[access_id]) in log
    assert "Sudah ditanyakan" in log
    assert reverse("questions:why", args=[question.access_id]) in own
    assert reverse("questions:why", args=[plain]) not in own


def test_an_erased_line_takes_its_question_out_of_every_list(client, sari):
    question = ask(sari)
    audit.erase_accesses(account_id=sari.pk, at=timezone.now())

    assert client.get(reverse("questions:why", args=[question.access_id])).status_code == 404
    assert queries.list_open(agency="tax", for_staff=False, at=timezone.now()) == []
    assert client.get(reverse("questions:list")).status_code == 200


def test_a_sealed_line_cannot_be_asked_about_before_its_day(sari):
    access_id = see(sari)
    AccessRecord.objects.update(sealed_until=timezone.now() + timedelta(days=1))

    with pytest.raises(actions.UnknownLine):
        actions.ask(account_id=sari.pk, access_id=access_id, text="", at=timezone.now())


def test_safety_21_the_mail_that_an_answer_is_there_names_no_agency_and_holds_no_link(db):
    account = AccountFactory()

    tasks.tell_person(account_id=str(account.pk))
    tasks.tell_person(account_id=str(new_id()))

    (letter,) = mail.outbox
    assert letter.to == [account.email]
    assert "http" not in letter.body
    assert "Pajak" not in letter.subject + letter.body
