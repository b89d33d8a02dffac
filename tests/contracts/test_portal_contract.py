# SPDX-License-Identifier: Apache-2.0
"""The published portal API against the portal that really runs: a server, a port, a database.

The other side, the agencies', is test_agency_contract.py.
"""

import json
from pathlib import Path

import httpx
import hypothesis
import pytest
import schemathesis
from schemathesis import checks

from satupintu.config.api import write_openapi
from satupintu.dealings.inbox.tests.factories import make_pdf, make_subject, make_token
from satupintu.trust.accounts.tests.factories import AccountFactory
from satupintu.trust.agencies.tests.factories import AgencyFactory, ClientFactory
from satupintu.trust.rulebook.actions import seed_rulebook

CONTRACT = Path(__file__).parents[2] / "docs/agencies/portal-api.openapi.json"
COMMAND = "satupintu openapi --output docs/agencies/portal-api.openapi.json"

# Whatever bytes stand where a PDF should: whether they are one is the portal's to say.
schemathesis.serializer.alias("application/pdf", "application/octet-stream")
schema = schemathesis.openapi.from_dict(json.loads(CONTRACT.read_text("utf-8")))


@pytest.fixture
def office(live_server):
    """A running portal, and an agency that knows one person."""
    # A test that needs real commits empties every table before it begins.
    seed_rulebook()
    agency = AgencyFactory()
    client = ClientFactory(agency=agency)
    subject = make_subject(account=AccountFactory(), agency=agency.slug, sector=agency.sector)
    return live_server.url, make_token(client), subject


def test_the_published_file_is_what_the_code_says():
    assert CONTRACT.read_text("utf-8") == write_openapi(), f"run: {COMMAND}"


def test_the_published_file_is_openapi_3_1():
    document = json.loads(CONTRACT.read_text("utf-8"))

    assert document["openapi"].startswith("3.1.")
    flow = document["components"]["securitySchemes"]["AgencyToken"]["flows"]["clientCredentials"]
    assert flow["scopes"].keys() == {"messages:send", "questions:answer"}
    for path, operations in document["paths"].items():
        scope = "messages:send" if "/messages" in path else "questions:answer"
        for operation in operations.values():
            assert operation["security"] == [{"AgencyToken": [scope]}]


@schema.parametrize()
@hypothesis.settings(
    max_examples=25,
    deadline=None,
    derandomize=True,
    suppress_health_check=list(hypothesis.HealthCheck),
)
def test_every_answer_to_good_and_bad_calls_is_one_that_the_contract_names(case, office):
    url, token, _subject = office

    case.call_and_validate(
        base_url=url,
        headers={"Authorization": f"Bearer {token}"},
        # Well-formed is not enough: a made-up subject or id is nobody's, and a made-up
        # document is no PDF.
        excluded_checks=[checks.positive_data_acceptance],
    )


def send(office, **arguments):
    url, token, subject = office
    message = {"subject": subject, "title": "Surat keputusan", "body": "Selamat."}
    headers = {"Authorization": f"Bearer {token}", "Idempotency-Key": "surat-1"}
    case = schema["/api/v1/messages"]["POST"].Case(
        headers=headers, **({"body": message, "media_type": "application/json"} | arguments)
    )
    return case.call_and_validate(base_url=url)


def test_a_message_is_sent_repeated_and_asked_about_as_the_contract_says(office):
    url, token, _ = office

    first, again = send(office), send(office)
    case = schema["/api/v1/messages/{message_id}"]["GET"].Case(
        path_parameters={"message_id": first.json()["id"]},
        headers={"Authorization": f"Bearer {token}"},
    )
    state = case.call_and_validate(base_url=url)

    assert (first.status_code, again.status_code) == (201, 200)
    assert again.headers["idempotent-replayed"] == ["true"]
    assert first.json() == again.json()
    assert state.json()["state"] == "received"


def test_a_pdf_is_sent_as_the_contract_says(office):
    url, token, subject = office
    message = json.dumps({"subject": subject, "title": "Surat keputusan"})

    response = httpx.post(
        f"{url}/api/v1/messages",
        headers={"Authorization": f"Bearer {token}", "Idempotency-Key": "surat-2"},
        files={
            "message": (None, message, "application/json"),
            "document": ("surat.pdf", make_pdf(), "application/pdf"),
        },
    )

    assert response.status_code == 201
    # schemathesis looks at what was sent, and httpx streams a form.
    response.request.read()
    schema["/api/v1/messages"]["POST"].validate_response(response)


@pytest.mark.parametrize(
    "path", ["/api/v1/messages", "/api/v1/messages/01965a3c-7d2e-7f00-8a41-5b1f0c2d3e4f"]
)
def test_no_path_answers_without_a_token(client, db, path):
    for method in ("get", "post"):
        response = getattr(client, method)(path)

        assert response.status_code in {401, 405}
        assert response.headers["Content-Type"] == "application/problem+json"
