# SPDX-License-Identifier: Apache-2.0
"""The portal's side of the published agency API: what it asks, and what it makes of each answer.

First against the file alone, then against an agency that really runs. The fake agency of our own
tests is held to the same file, so that it cannot agree with us about something untrue.
"""

from datetime import timedelta
from pathlib import Path

import jsonschema
import pytest
import yaml
from django.utils import timezone

from demo.tests.running_agency import run_agency
from satupintu.dealings.exchange import actions, rules
from satupintu.dealings.exchange.actions.call import read_answer
from satupintu.dealings.exchange.tests.fake_agency import RIGHT_ANSWERS, run_fake_agency
from satupintu.foundation.ids import new_id
from satupintu.trust.agencies.tests.factories import AgencyFactory
from satupintu.trust.signin.actions import ensure_subject

CONTRACT = yaml.safe_load(
    (Path(__file__).parents[2] / "docs/agencies/agency-api.openapi.yaml").read_text("utf-8")
)
LINK = "/linking/links/{subject}"
STANDING = "/linking/links/{subject}/standing"
# Each operation of the contract that we use, and the function that uses it.
SHAPES = {
    ("get", "/linking/questions", "200"): rules.Questions,
    ("post", "/linking/enquiries", "201"): rules.Enquiry,
    ("post", "/linking/matches", "200"): rules.Match,
    ("put", LINK, "201"): rules.Joined,
    ("put", STANDING, "200"): rules.StandingHeard,
    ("post", "/linking/notices", "201"): rules.NoticeTaken,
}
REFUSALS = {
    "no_match": actions.NoMatch,
    "closed": actions.WayClosed,
    "record_taken": actions.RecordTaken,
    "subject_taken": actions.SubjectTaken,
    "match_expired": actions.MatchExpired,
}


def resolve(node):
    """A part of the contract with its references filled in."""
    if isinstance(node, dict):
        if "$ref" in node:
            part = CONTRACT
            for step in node["$ref"].removeprefix("#/").split("/"):
                part = part[step]
            return resolve(part)
        return {key: resolve(value) for key, value in node.items()}
    return [resolve(one) for one in node] if isinstance(node, list) else node


def operation(method, path):
    return resolve(CONTRACT["paths"][path][method.lower()])


def place_of(call):
    """The contract's own name for an address that was called."""
    if call.path.endswith("/standing"):
        return STANDING
    return LINK if call.path.startswith("/linking/links/") else call.path


def ask_everything(slug, answers, code):
    """Every function of ours once, in the order of a person's way."""
    at = timezone.now()
    actions.ask_questions(agency_slug=slug, at=at)
    actions.send_enquiry(agency_slug=slug, answers=answers, language="id", at=at)
    match = actions.match_code(agency_slug=slug, code=code, at=at)
    link_id = new_id()
    for _ in range(2):
        ref = actions.join_record(
            agency_slug=slug, subject="sub-1", match_id=match.match_id, link_id=link_id, at=at
        )
        assert ref == match.record_ref
    notice_id = new_id()
    for _ in range(2):
        sent_to = actions.send_notice(
            agency_slug=slug,
            notice_id=notice_id,
            record_ref=match.record_ref,
            kind="linked",
            pause_code="K7PM2XRD94QT8WNA3F5G",
            changes_wait_until=at,
            at=at,
        )
        assert sent_to is not None
        assert "*" in sent_to.masked
    question_id = new_id()
    for _ in range(2):
        actions.send_access_question(
            agency_slug=slug,
            question_id=question_id,
            subject="sub-1",
            text="",
            asked_at=at,
            answer_by=at,
            access=actions.AskedAccess(
                at=at,
                what="identity",
                purpose_code="signin",
                words_id="mengenali Anda",
                words_en="recognised you",
                legal_basis="UU 27/2022, Pasal 20",
            ),
            at=at,
        )
    for standing, changed_at in (("frozen", at), ("frozen", at), ("open", at + timedelta(hours=1))):
        actions.tell_standing(
            agency_slug=slug,
            subject="sub-1",
            link_id=link_id,
            standing=standing,
            changed_at=changed_at,
            at=at,
        )
    for _ in range(2):
        actions.release_record(agency_slug=slug, subject="sub-1", at=at)


@pytest.fixture
def fake(db):
    with run_fake_agency() as office:
        AgencyFactory(slug="pajak", api_url=office.url)
        yield office


def test_every_call_is_one_that_the_contract_knows(fake):
    ask_everything("pajak", RIGHT_ANSWERS, fake.sent_code)

    asked = {(call.method, place_of(call)) for call in fake.calls}
    known = {
        (method.upper(), path)
        for path, methods in CONTRACT["paths"].items()
        for method in methods
        if method != "parameters" and path != "/health"
    }
    assert asked == known


def test_every_body_that_we_send_is_of_the_contracts_shape(fake):
    ask_everything("pajak", RIGHT_ANSWERS, fake.sent_code)

    held_to_a_schema = set()
    for call in fake.calls:
        wanted = operation(call.method, place_of(call)).get("requestBody")
        if wanted is None:
            assert call.body == {}
        else:
            jsonschema.validate(call.body, wanted["content"]["application/json"]["schema"])
            held_to_a_schema.add((call.method, place_of(call)))
    assert held_to_a_schema == {
        ("POST", "/linking/enquiries"),
        ("POST", "/linking/matches"),
        ("POST", "/linking/notices"),
        ("POST", "/access-questions"),
        ("PUT", LINK),
        ("PUT", STANDING),
    }


def test_every_subject_that_we_send_is_of_the_contracts_shape(db):
    shape = resolve(CONTRACT["components"]["schemas"]["Subject"])

    subjects = {
        ensure_subject(account_id=new_id(), sector="tax", at=timezone.now()) for _ in range(50)
    }

    assert len(subjects) == 50
    for subject in subjects:
        jsonschema.validate(subject, shape)


@pytest.mark.parametrize(("method", "path", "status"), SHAPES)
def test_every_good_example_of_the_contract_is_understood(method, path, status):
    content = operation(method, path)["responses"][status]["content"]["application/json"]
    examples = [example["value"] for example in content["examples"].values()]

    for example in examples:
        jsonschema.validate(example, content["schema"])
        read_answer(SHAPES[method, path, status], yaml_to_json(example))
    assert examples


def test_every_no_that_the_contract_names_has_words_for_the_person(fake):
    named = {}
    for path, methods in CONTRACT["paths"].items():
        for method in methods.keys() - {"parameters"}:
            for status, answer in operation(method, path)["responses"].items():
                content = answer.get("content", {}).get("application/problem+json", {})
                for example in content.get("examples", {}).values():
                    code = example["value"]["type"].rsplit(":", 1)[1]
                    named[code] = (int(status), example["value"])

    for code, refusal in REFUSALS.items():
        fake.answer = lambda _call, answer=named[code]: answer
        with pytest.raises(refusal):
            ask_for_a_no(code)


def ask_for_a_no(code):
    at = timezone.now()
    if code in {"no_match", "closed"}:
        actions.match_code(agency_slug="pajak", code="K7PM2XRD94QT", at=at)
    actions.join_record(agency_slug="pajak", subject="sub-1", match_id="m", link_id=new_id(), at=at)


def test_the_fake_agency_of_our_tests_answers_as_the_contract_says(fake):
    answers = []
    original = fake.answer

    def remember(call):
        status, body = original(call)
        answers.append((call, status, body))
        return status, body

    fake.answer = remember
    ask_everything("pajak", RIGHT_ANSWERS, fake.sent_code)
    for code in ("000000000000", "111111111111"):
        with pytest.raises(actions.NoMatch):
            actions.match_code(agency_slug="pajak", code=code, at=timezone.now())
    with pytest.raises(actions.MatchExpired):
        ask_for_a_no("match_expired")

    for call, status, body in answers:
        named = operation(call.method, place_of(call))["responses"][str(status)]
        for content in named.get("content", {}).values():
            jsonschema.validate(body, content["schema"])
        assert bool(named.get("content")) == (body is not None)


class _ThisPortal:
    """What `run_agency` wants to know of the portal: where it is."""

    def __init__(self, url):
        self.url = url


@pytest.mark.django_db(transaction=True)
def test_an_agency_that_really_runs_believes_us_and_we_understand_it(
    live_server, settings, tmp_path
):
    settings.PUBLIC_URL = live_server.url
    settings.ALLOWED_HOSTS = ["*"]
    at = timezone.now()
    with run_agency(slug="tax", home=tmp_path, portal=_ThisPortal(live_server.url)) as agency:
        AgencyFactory(slug="tax", api_url=agency.api_url)
        person = agency.describe()["demo_people"][0]

        ask_everything("tax", person["answers"], agency.issue_code(email=person["email"]))

        with pytest.raises(actions.NoMatch):
            actions.match_code(agency_slug="tax", code="000000000000", at=at)
        with pytest.raises(actions.NoMatch):
            actions.send_enquiry(
                agency_slug="tax",
                answers={**person["answers"], "born_on": "1900-01-01"},
                language="en",
                at=at,
            )
        with pytest.raises(actions.MatchExpired):
            actions.join_record(
                agency_slug="tax", subject="sub-2", match_id="m", link_id=new_id(), at=at
            )


def yaml_to_json(value):
    import json

    return json.dumps(value).encode()
