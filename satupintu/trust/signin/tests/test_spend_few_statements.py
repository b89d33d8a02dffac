# SPDX-License-Identifier: Apache-2.0
"""Every sign-in to every agency passes here: what it costs is counted."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from satupintu.foundation.ids import new_id
from satupintu.trust.agencies import actions as agency_actions
from satupintu.trust.agencies import queries as agencies
from satupintu.trust.agencies.models import Client
from satupintu.trust.rulebook import queries as rulebook
from satupintu.trust.signin.provider import clients
from satupintu.trust.signin.queries import keys

from .parties import read_answer

pytestmark = pytest.mark.django_db


@pytest.fixture
def warm(settings, party):
    """As a process that has served for a while: what changes rarely is in its memory."""
    settings.SNAPSHOT_SECONDS = 30
    memories = (agencies.forget_directory, rulebook.forget_policies, keys.forget_keys)
    for forget in memories:
        forget()
    yield
    for forget in memories:
        forget()


def count_statements(work) -> int:
    with CaptureQueriesContext(connection) as captured:
        work()
    return len([query for query in captured if "SAVEPOINT" not in query["sql"]])


def test_a_sign_in_costs_twelve_statements(warm, person, party, client):
    person.agree(party)
    first = read_answer(party.ask(person.browser))
    token = party.exchange(client, first["code"]).json()["access_token"]
    answers = {}

    def authorize():
        answers["code"] = read_answer(party.ask(person.browser))["code"]

    def exchange():
        answers["exchange"] = party.exchange(client, answers["code"])

    def tell():
        client.get("/openid/userinfo", headers={"Authorization": f"Bearer {token}"})

    # Session, account, consent, subject, code.
    assert count_statements(authorize) == 5
    # Assertion, code, token, access log.
    assert count_statements(exchange) == 4
    assert answers["exchange"].status_code == 200
    # Token, consent, access log.
    assert count_statements(tell) == 3


def test_a_client_that_was_registered_a_moment_ago_is_served_at_once(
    warm, person, party, monkeypatch
):
    monkeypatch.setattr(clients, "_missed_at", float("-inf"))
    party.ask(person.browser)
    # Another process writes it: this one is not told.
    row = Client.objects.get(client_id=party.client.client_id)
    row.id, row.client_id = new_id(), "new-one"
    row.save(force_insert=True)

    response = party.ask(person.browser, client_id="new-one")

    assert response.status_code == 200


def test_made_up_clients_do_not_make_every_request_read_the_table(warm, person, party):
    party.ask(person.browser, client_id="nobody")

    with CaptureQueriesContext(connection) as captured:
        party.ask(person.browser, client_id="nobody")

    assert not [query for query in captured if "agencies_client" in query["sql"]]


def test_safety_24_a_suspension_in_this_process_holds_at_once(warm, person, party):
    person.agree(party)
    assert "code" in read_answer(party.ask(person.browser))

    agency_actions.suspend_client(client_id=party.client.client_id, at=party.client.registered_at)

    assert party.ask(person.browser).status_code == 400
