# SPDX-License-Identifier: Apache-2.0
import json

from satupintu.foundation.errors import Refusal
from satupintu.foundation.problems import problem


def test_a_problem_is_problem_json_with_a_stable_type():
    response = problem(status=409, code="twice", title="Sent twice", detail="Use a new key.", key=1)

    assert response.status_code == 409
    assert response["Content-Type"] == "application/problem+json"
    assert json.loads(response.content) == {
        "type": "urn:satupintu:problem:twice",
        "title": "Sent twice",
        "status": 409,
        "detail": "Use a new key.",
        "key": 1,
    }


def test_a_refusal_speaks_in_words_and_carries_a_code():
    class TooLate(Refusal):
        code = "too_late"
        message = "It is too late for this."

    assert str(TooLate()) == "It is too late for this."
    assert str(TooLate("Yesterday.")) == "Yesterday."
    assert TooLate().code == "too_late"
