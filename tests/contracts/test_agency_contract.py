# SPDX-License-Identifier: Apache-2.0
"""The published agency API against an agency that really runs: a program, a port, a register.

The portal is an outside stand-in here: a loopback server that publishes a key and signs tokens.
The portal's side is held to the same file in its own tests.
"""

from pathlib import Path

import hypothesis
import pytest
import schemathesis
import yaml
from schemathesis import checks

from demo.agency.definition import list_slugs, load_definition
from demo.tests.running_agency import run_agency
from demo.tests.stub_portal import run_stub_portal

CONTRACT = Path(__file__).parents[2] / "docs/agencies/agency-api.openapi.yaml"
LINK_ID = "0190a1b2-0000-7000-8000-00000000000{}"

schema = schemathesis.openapi.from_dict(yaml.safe_load(CONTRACT.read_text(encoding="utf-8")))


@pytest.fixture(scope="module")
def agency(tmp_path_factory):
    home = tmp_path_factory.mktemp("agency")
    with run_stub_portal() as portal, run_agency(slug="tax", home=home, portal=portal) as running:
        yield running


@schema.parametrize()
@hypothesis.settings(
    max_examples=12,
    deadline=None,
    derandomize=True,
    suppress_health_check=list(hypothesis.HealthCheck),
)
def test_every_answer_to_good_and_bad_calls_is_one_that_the_contract_names(case, agency):
    # Arrange: a fresh token for every call, for each may be used once.
    token = agency.portal.make_token(audience=agency.api_url)

    # Act and assert: status, media type, body and headers against the file.
    case.call_and_validate(
        base_url=agency.api_url,
        headers={"Authorization": f"Bearer {token}"},
        excluded_checks=list_excluded_checks(case),
    )


def list_excluded_checks(case) -> list:
    # It sends our token again to see whether it is looked at. It is: a replay is refused.
    excluded = [checks.ignored_auth]
    if (case.method, case.path) == ("PUT", "/linking/links/{subject}"):
        # Well-formed is not enough: a match that was never given is over.
        excluded.append(checks.positive_data_acceptance)
    if case.path == "/linking/enquiries":
        # Which questions must be answered is each agency's own, so the file cannot know them all.
        excluded.append(checks.positive_data_acceptance)
    return excluded


def validate(path: str, method: str, response) -> None:
    schema[path][method].validate_response(response)


def test_the_whole_way_from_answers_to_a_joined_record_and_back_is_as_the_contract_says(agency):
    person = agency.describe()["demo_people"][0]

    questions = agency.call("GET", "/linking/questions")
    enquiry = agency.call("POST", "/linking/enquiries", json={"answers": person["answers"]})
    code = agency.issue_code(email=person["email"])
    match = agency.call("POST", "/linking/matches", json={"code": code})
    body = {"match_id": match.json()["match_id"], "link_id": LINK_ID.format(1)}
    linked = agency.call("PUT", "/linking/links/whole-way", json=body)
    again = agency.call("PUT", "/linking/links/whole-way", json=body)
    other = agency.call(
        "PUT", "/linking/links/whole-way", json=body | {"link_id": LINK_ID.format(2)}
    )
    parted = agency.call("DELETE", "/linking/links/whole-way")

    assert questions.status_code == 200
    assert enquiry.status_code == 201
    assert match.status_code == 200
    assert (linked.status_code, again.status_code, other.status_code) == (201, 200, 409)
    assert linked.json() == again.json() == {"record_ref": match.json()["record_ref"]}
    assert parted.status_code == 204
    for path, method, answer in (
        ("/linking/questions", "GET", questions),
        ("/linking/enquiries", "POST", enquiry),
        ("/linking/matches", "POST", match),
        ("/linking/links/{subject}", "PUT", linked),
        ("/linking/links/{subject}", "PUT", again),
        ("/linking/links/{subject}", "PUT", other),
        ("/linking/links/{subject}", "DELETE", parted),
    ):
        validate(path, method, answer)


def test_every_refusal_of_the_way_is_a_problem_that_the_contract_names(agency):
    slamet = agency.describe()["demo_people"][1]
    wrong = slamet["answers"] | {"born_on": "1900-01-01"}

    misses = [agency.call("POST", "/linking/enquiries", json={"answers": wrong}) for _ in range(5)]
    closed = agency.call("POST", "/linking/enquiries", json={"answers": slamet["answers"]})
    miss = agency.call("POST", "/linking/matches", json={"code": "K7PM 2XRD 94QT"})
    gone = agency.call(
        "PUT",
        "/linking/links/nobody",
        json={"match_id": "never-given", "link_id": LINK_ID.format(3)},
    )

    assert {answer.status_code for answer in misses} == {404}
    assert closed.status_code == 429
    assert int(closed.headers["retry-after"]) == closed.json()["retry_after"]
    assert miss.json() == misses[0].json()
    assert gone.json()["type"] == "urn:satupintu:problem:match_expired"
    validate("/linking/enquiries", "POST", misses[0])
    validate("/linking/enquiries", "POST", closed)
    validate("/linking/matches", "POST", miss)
    validate("/linking/links/{subject}", "PUT", gone)


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"iss": "https://elsewhere.example"}, "invalid_token"),
        ({"aud": "http://127.0.0.1:9/api"}, "invalid_token"),
        ({"jti": None}, "invalid_token"),
        ({"exp": 1_000_000_000, "iat": 999_999_990}, "token_expired"),
        ({"iat": 4_000_000_000, "exp": 4_000_000_060}, "clock_skew"),
    ],
)
def test_a_bad_token_is_answered_as_the_contract_says(agency, changes, code):
    token = agency.portal.make_token(audience=agency.api_url, **changes)

    answer = agency.call("GET", "/linking/questions", token=token)

    assert answer.status_code == 401
    assert answer.json()["type"] == f"urn:satupintu:problem:{code}"
    validate("/linking/questions", "GET", answer)


def test_no_token_and_a_token_for_something_else_are_answered_as_the_contract_says(agency):
    other_scope = agency.portal.make_token(audience=agency.api_url, scope="messages:send")

    missing = agency.call("GET", "/linking/questions", token="")
    wrong = agency.call("GET", "/linking/questions", token=other_scope)

    assert (missing.status_code, wrong.status_code) == (401, 403)
    validate("/linking/questions", "GET", missing)
    validate("/linking/questions", "GET", wrong)


@pytest.mark.parametrize("slug", list_slugs())
def test_the_questions_of_every_agency_have_the_form_of_the_contract(slug):
    import jsonschema

    contract = yaml.safe_load(CONTRACT.read_text(encoding="utf-8"))
    form = {"$ref": "#/components/schemas/Question", "components": contract["components"]}

    for question in load_definition(slug=slug).questions:
        shown = {
            name: getattr(question, name) for name in ("id", "label", "hint", "kind", "max_length")
        }
        jsonschema.validate(shown, form)
