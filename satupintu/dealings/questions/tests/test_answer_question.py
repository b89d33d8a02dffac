# SPDX-License-Identifier: Apache-2.0
import json
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from satupintu.dealings.inbox.tests.factories import make_token
from satupintu.dealings.questions import actions
from satupintu.dealings.questions.models import Question
from satupintu.dealings.questions.tests.asked import WITHIN, ask
from satupintu.foundation.audit.models import AccessRecord
from satupintu.trust.accounts.tests.factories import AccountFactory
from satupintu.trust.agencies.tests.factories import AgencyFactory, ClientFactory
from satupintu.trust.signin.queries import get_subject
from satupintu.trust.staff.tests.factories import StaffFactory, StewardFactory, sign_in

pytestmark = pytest.mark.django_db
LIST = "/api/v1/access-questions"
ANSWER = {"text": "Kami mengirim surat ketetapan.", "language": "id"}


@pytest.fixture
def office():
    agency = AgencyFactory(slug="tax", sector="fiscal")
    return ClientFactory(agency=agency)


def call(client, method, path, body=None, *, token):
    return client.generic(
        method,
        path,
        json.dumps(body) if body is not None else "",
        content_type="application/json",
        headers={"Authorization": f"Bearer {token}"},
    )


def answer(client, question, body=ANSWER, *, token):
    return call(client, "PUT", f"{LIST}/{question.id}/answer", body, token=token)


# --- An agency, by the API ------------------------------------------------------------------------


def test_an_agency_lists_what_waits_for_it_the_most_urgent_first(client, office):
    token = make_token(office, scope="questions:answer")
    later = ask(AccountFactory())
    sooner = ask(AccountFactory(), at=timezone.now() - timedelta(days=1), text="Mengapa?")
    ask(AccountFactory(), agency="health")
    ask(AccountFactory(), kind="staff", agency="tax")

    found = call(client, "GET", LIST, token=token).json()["questions"]

    assert [one["question_id"] for one in found] == [str(sooner.id), str(later.id)]
    assert found[0]["text"] == "Mengapa?"
    assert found[0]["subject"] == get_subject(account_id=sooner.account_id, sector="fiscal")
    assert str(sooner.account_id) not in json.dumps(found)


def test_an_answer_is_kept_once_and_repeating_it_changes_nothing(client, office):
    token = make_token(office, scope="questions:answer")
    question = ask(AccountFactory())

    first, again = (answer(client, question, token=token) for _ in range(2))
    other = answer(client, question, ANSWER | {"text": "Lain."}, token=token)

    assert (first.status_code, again.status_code) == (200, 200)
    assert (other.status_code, other.json()["type"]) == (
        409,
        "urn:satupintu:problem:answered_already",
    )
    question.refresh_from_db()
    assert question.answer == ANSWER["text"]
    assert call(client, "GET", LIST, token=token).json() == {"questions": []}


def test_a_late_answer_is_taken(client, office):
    token = make_token(office, scope="questions:answer")
    question = ask(AccountFactory(), at=timezone.now() - 2 * WITHIN)

    assert answer(client, question, token=token).status_code == 200


def test_no_agency_answers_the_question_of_another_or_of_staff(client, office):
    token = make_token(office, scope="questions:answer")
    foreign = ask(AccountFactory(), agency="health")
    for_staff = ask(AccountFactory(), kind="staff", agency="tax")

    for question in (foreign, for_staff):
        response = answer(client, question, token=token)
        assert (response.status_code, response.json()["type"]) == (
            404,
            "urn:satupintu:problem:unknown_question",
        )
    assert not Question.objects.filter(answered_at__isnull=False).exists()


@pytest.mark.parametrize(
    "body",
    [
        {},
        ANSWER | {"text": ""},
        ANSWER | {"text": "   "},
        ANSWER | {"text": "x" * 4001},
        ANSWER | {"text": "a\u202eb"},
        ANSWER | {"text": "a\u0000b"},
        ANSWER | {"language": "fr"},
        ANSWER | {"extra": 1},
    ],
)
def test_what_is_no_plain_answer_is_refused(client, office, body):
    question = ask(AccountFactory())

    response = answer(client, question, body, token=make_token(office, scope="questions:answer"))

    assert response.status_code == 422
    assert response.headers["Content-Type"] == "application/problem+json"
    question.refresh_from_db()
    assert question.answered_at is None


def test_a_token_for_letters_opens_no_questions(client, office):
    response = call(client, "GET", LIST, token=make_token(office))

    assert response.status_code == 403
    assert 'scope="questions:answer"' in response.headers["WWW-Authenticate"]


# --- Staff, in the portal -------------------------------------------------------------------------


def test_a_steward_answers_for_the_portals_own_staff_and_the_person_sees_that_it_was_read(client):
    account = AccountFactory()
    question = ask(account, kind="staff", agency="", role="fraud_desk", text="Siapa?")
    sign_in(client, StewardFactory())
    page = reverse("questions:staff_answer", args=[question.id])

    listed = client.get(reverse("questions:staff_list")).content.decode()
    shown = client.get(page).content.decode()
    done = client.post(page, {"answer": "Kami memeriksa laporan.", "language": "id"})

    assert page in listed
    assert "Siapa?" in shown
    assert account.full_name not in shown
    assert account.email not in shown
    assert done.status_code == 302
    question.refresh_from_db()
    assert question.answer == "Kami memeriksa laporan."
    newest = AccessRecord.objects.filter(account_id=account.pk).latest("id")
    assert (newest.actor_kind, newest.actor_role, newest.purpose_code) == (
        "staff",
        "steward",
        "question",
    )


def test_an_owner_answers_for_her_own_agencys_staff_alone(client):
    tax = AgencyFactory(slug="tax")
    own = ask(AccountFactory(), kind="staff", agency="tax")
    others = [
        ask(AccountFactory(), kind="staff", agency="health"),
        ask(AccountFactory(), kind="staff", agency=""),
        ask(AccountFactory(), kind="agency", agency="tax"),
    ]
    sign_in(client, StaffFactory(agency=tax))

    assert client.get(reverse("questions:staff_answer", args=[own.id])).status_code == 200
    for question in others:
        page = reverse("questions:staff_answer", args=[question.id])
        assert client.get(page).status_code == 404
        assert client.post(page, {"answer": "x", "language": "id"}).status_code == 404


@pytest.mark.parametrize("role", ["help_desk", "fraud_desk", "integrator"])
def test_other_roles_neither_see_nor_answer(client, role):
    agency = AgencyFactory(slug="tax")
    question = ask(AccountFactory(), kind="staff", agency="tax")
    sign_in(client, StaffFactory(agency=agency, role=role))

    assert client.get(reverse("questions:staff_list")).status_code == 403
    page = reverse("questions:staff_answer", args=[question.id])
    assert client.post(page, {"answer": "x", "language": "id"}).status_code == 403


def test_a_steward_sees_which_agency_is_late_and_no_person(client):
    AgencyFactory(slug="tax", name_id="Kantor Pajak Nusa")
    account = AccountFactory()
    for _ in range(3):
        ask(account, at=timezone.now() - WITHIN - timedelta(hours=1))
    ask(account)
    sign_in(client, StewardFactory())

    html = client.get(reverse("questions:staff_list")).content.decode()

    row = html.split("Kantor Pajak Nusa", 1)[1].split("</tr>", 1)[0]
    assert ">3<" in row
    assert str(account.pk) not in html


def test_an_empty_answer_is_refused_first_on_the_page(client):
    question = ask(AccountFactory(), kind="staff", agency="")
    sign_in(client, StewardFactory())

    response = client.post(
        reverse("questions:staff_answer", args=[question.id]), {"answer": " ", "language": "id"}
    )

    assert response.status_code == 422
    assert 'href="#id_answer"' in response.content.decode()


def test_two_colleagues_with_two_answers_leave_one(client):
    question = ask(AccountFactory(), kind="staff", agency="")
    first, second = StewardFactory(), StewardFactory()
    words = {"question_id": question.id, "agency": "", "language": "id", "at": timezone.now()}

    actions.answer_as_staff(text="Satu.", by=first.id, **words)
    with pytest.raises(actions.AnsweredAlready):
        actions.answer_as_staff(text="Dua.", by=second.id, **words)

    question.refresh_from_db()
    assert question.answer == "Satu."
