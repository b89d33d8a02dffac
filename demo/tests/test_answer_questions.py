# SPDX-License-Identifier: Apache-2.0
"""An agency takes a person's question at once, and answers at the portal a moment later."""

import time

import httpx
import pytest

from demo.tests.running_agency import run_agency

QUESTION = "0190a1b2-0000-7000-8000-0000000000d{}"


@pytest.fixture(scope="module")
def office(portal, tmp_path_factory):
    home = tmp_path_factory.mktemp("questions")
    with run_agency(slug="tax", home=home, portal=portal, residents=5) as agency:
        yield agency


def put_question(office, number, **changes):
    body = {
        "question_id": QUESTION.format(number),
        "subject": "sub-sari",
        "text": "",
        "asked_at": "2026-11-24T03:15:00+00:00",
        "answer_by": "2026-11-27T03:15:00+00:00",
        "access": {
            "at": "2026-11-20T01:00:00+00:00",
            "what": "identity",
            "purpose_code": "signin",
            "words_id": "mengenali Anda saat Anda masuk",
            "words_en": "recognised you when you signed in",
            "legal_basis": "UU 27/2022, Pasal 20",
        },
    } | changes
    token = office.portal.make_token(audience=office.api_url)
    return httpx.post(
        f"{office.api_url}/access-questions",
        json=body,
        headers={"Authorization": f"Bearer {token}"},
    )


def wait_for_answer(portal, number):
    """The answer that the portal got; None after twenty seconds."""
    path = f"/api/v1/access-questions/{QUESTION.format(number)}/answer"
    deadline = time.monotonic() + 20
    while path not in portal.answers and time.monotonic() < deadline:
        time.sleep(0.05)
    return portal.answers.get(path)


def test_the_answer_says_in_plain_words_what_was_seen_and_by_which_law(office, portal):
    assert put_question(office, 1).status_code == 204

    answer = wait_for_answer(portal, 1)

    assert "mengenali Anda saat Anda masuk" in answer["text"]
    assert "UU 27/2022, Pasal 20" in answer["text"]
    assert answer["language"] == "id"


def test_a_portal_in_trouble_is_answered_again(office, portal):
    portal.trouble = [503]

    assert put_question(office, 2).status_code == 204

    assert wait_for_answer(portal, 2) is not None
    assert portal.trouble == []


@pytest.mark.parametrize(
    "changes",
    [
        {"subject": "../x"},
        {"text": "x" * 501},
        {"answer_by": "tomorrow"},
        {"answer_by": "2026-11-27T03:15:00"},
        {"access": {}},
        {"question_id": "1"},
    ],
)
def test_what_is_no_question_is_refused(office, changes):
    answer = put_question(office, 3, **changes)

    assert answer.status_code == 422
    assert answer.headers["content-type"] == "application/problem+json"
