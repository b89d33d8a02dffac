# SPDX-License-Identifier: Apache-2.0
"""Looking into a document costs seconds: only what may be stored is looked into."""

import pytest

from satupintu.dealings.inbox import api as inbox_api
from satupintu.dealings.inbox.documents import ReadersBusy
from satupintu.dealings.inbox.models import AcceptedKey

from .office import Office, assert_problem

pytestmark = pytest.mark.django_db


@pytest.fixture
def office(client):
    return Office(client)


@pytest.fixture
def unread(monkeypatch):
    """Looking into a document fails the test."""

    def refuse(**_document):
        raise AssertionError("the document was looked into")

    monkeypatch.setattr(inbox_api, "inspect_document", refuse)


@pytest.mark.usefixtures("unread")
def test_a_document_for_nobody_costs_no_reading(office):
    assert_problem(office.send_form(subject="nobody"), 404, "unknown_subject")


def test_a_document_sent_again_is_not_read_again(office, request):
    first = office.send_form()
    request.getfixturevalue("unread")

    again = office.send_form()
    other = office.send_form(title="Lain")

    assert first.status_code == 201
    assert again.json() == first.json()
    assert again.headers["Idempotent-Replayed"] == "true"
    assert_problem(other, 409, "idempotency_key_reused")


def test_a_document_too_many_may_come_again(office, monkeypatch):
    def refuse(**_document):
        raise ReadersBusy

    monkeypatch.setattr(inbox_api, "inspect_document", refuse)

    response = office.send_form()

    assert_problem(response, 503, "busy")
    assert response.headers["Retry-After"]
    assert not AcceptedKey.objects.exists()
