# SPDX-License-Identifier: Apache-2.0
"""What a person and a program get where a framework says nothing, and for too large a form."""

import pytest
from django.http import HttpResponse
from django.urls import ResolverMatch, reverse

from satupintu.config.answers import Answers
from satupintu.foundation.ids import new_id
from satupintu.trust.accounts.tests.factories import AccountFactory, sign_in

FAR_TOO_MUCH = "x" * 1_100_000


@pytest.mark.parametrize(
    "path", ["/account/sign-in/", "/account/sign-up/", "/design/", "/nowhere/"]
)
def test_a_form_of_a_megabyte_is_refused_before_it_is_read(client, path):
    response = client.post(path, {"email": FAR_TOO_MUCH})

    assert response.status_code == 413
    assert "Ukurannya terlalu besar</h1>" in response.content.decode()
    assert FAR_TOO_MUCH not in response.content.decode()


@pytest.mark.parametrize(
    ("path", "media_type"),
    [
        ("/api/v1/elsewhere", "application/problem+json"),
        ("/openid/token", "application/json"),
        ("/openid/userinfo", "application/json"),
    ],
)
def test_a_program_that_sends_too_much_is_refused_in_its_own_way(client, path, media_type):
    response = client.post(path, {"assertion": FAR_TOO_MUCH})

    assert response.status_code == 413
    assert response.headers["Content-Type"] == media_type


@pytest.mark.django_db
def test_a_letter_has_the_limit_of_letters(client):
    response = client.post("/api/v1/messages", data=FAR_TOO_MUCH, content_type="application/json")

    assert response.status_code == 401


@pytest.mark.django_db
def test_a_form_opened_as_a_page_says_so_in_the_shell(client):
    sign_in(client, AccountFactory(), level=2)

    response = client.get(reverse("inbox:archive", args=[new_id()]))

    assert response.status_code == 405
    assert "POST" in response.headers["Allow"]
    assert "Satu Pintu" in response.content.decode()


def test_a_protocols_blank_answer_stays_as_it_is(client):
    response = client.get("/openid/token")

    assert response.status_code == 405
    assert "<html" not in response.content.decode()


@pytest.mark.parametrize("status", [413, 429, 503])
def test_a_blank_refusal_becomes_a_page_and_keeps_its_headers(rf, status):
    def refuse(_request):
        return HttpResponse(status=status, headers={"Retry-After": "60"})

    request = rf.get("/")
    request.resolver_match = ResolverMatch(refuse, (), {})

    response = Answers(refuse)(request)

    assert response.status_code == status
    assert response.headers["Retry-After"] == "60"
    assert b"<h1>" in response.content
