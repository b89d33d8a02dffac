# SPDX-License-Identifier: Apache-2.0
from types import SimpleNamespace

import pytest

from satupintu.design import language

pytestmark = pytest.mark.usefixtures("own_portal")


@pytest.fixture
def listeners(monkeypatch):
    heard = []
    monkeypatch.setattr(language, "_listeners", [])
    language.register_language_listener(lambda request, code: heard.append(code))
    return heard


def test_a_page_speaks_indonesian_where_nobody_asked_otherwise(client):
    response = client.get("/nowhere/")

    assert response.headers["Content-Language"] == "id"
    assert '<html lang="id">' in response.content.decode()
    assert "Halaman ini tidak ada" in response.content.decode()


def test_the_browsers_language_counts(client):
    response = client.get("/nowhere/", headers={"Accept-Language": "fr, en-GB;q=0.8, id;q=0.5"})

    assert response.headers["Content-Language"] == "en"
    assert "There is no such page" in response.content.decode()


def test_a_switch_keeps_the_page_and_its_question_and_is_remembered(client, settings):
    switched = client.get("/nowhere/?q=pajak&lang=en&page=2")

    assert switched.status_code == 303
    assert switched.headers["Location"] == "/nowhere/?q=pajak&page=2"
    cookie = switched.cookies[settings.LANGUAGE_COOKIE_NAME]
    assert cookie.value == "en"
    assert cookie["httponly"]
    assert client.get("/nowhere/").headers["Content-Language"] == "en"


@pytest.mark.parametrize("path", ["//evil.example/", "/\\evil.example/", "///evil.example/a"])
def test_a_switch_never_leads_to_another_host(client, path):
    response = client.generic("GET", path, QUERY_STRING="lang=en", REQUEST_URI=path)

    location = response.headers["Location"]
    assert location.startswith("/")
    assert not location.startswith(("//", "/\\"))


def test_an_unknown_language_changes_nothing(client, settings):
    response = client.get("/nowhere/?lang=xx")

    assert response.status_code == 404
    assert settings.LANGUAGE_COOKIE_NAME not in response.cookies


def test_a_form_is_never_thrown_away_by_a_switch(client):
    response = client.post("/page/?lang=en", {"typed": "much"})

    assert response.status_code != 303


def test_the_choice_is_told_to_who_keeps_it_with_the_account(client, listeners):
    client.get("/nowhere/?lang=en")

    assert listeners == ["en"]


def test_the_accounts_language_is_asked_only_where_a_session_exists(request_for, settings):
    request = request_for()
    request.user = SimpleNamespace(language="en")

    without_session = language.get_language_of(request)
    request.COOKIES[settings.SESSION_COOKIE_NAME] = "something"
    with_session = language.get_language_of(request)

    assert without_session == "id"
    assert with_session == "en"


def test_the_choice_on_this_device_outweighs_the_account(request_for, settings):
    request = request_for()
    request.user = SimpleNamespace(language="en")
    request.COOKIES |= {settings.SESSION_COOKIE_NAME: "s", settings.LANGUAGE_COOKIE_NAME: "id"}

    assert language.get_language_of(request) == "id"


def test_caches_are_told_what_the_page_depends_on(client):
    vary = client.get("/nowhere/").headers["Vary"]

    assert "Accept-Language" in vary
    assert "Cookie" in vary
