# SPDX-License-Identifier: Apache-2.0
"""Error pages. None of these tests may touch a database: an error page must work without one."""

import pytest

from satupintu.design.views import PROBLEMS

pytestmark = pytest.mark.usefixtures("own_portal")


@pytest.mark.parametrize("status", PROBLEMS)
@pytest.mark.parametrize("language", ["id", "en"])
def test_each_problem_has_a_page_in_each_language(client, status, language):
    response = client.get(f"/problem/{status}/", headers={"Accept-Language": language})

    html = response.content.decode()
    assert response.status_code == status
    assert response.headers["Cache-Control"] == "no-store"
    assert f'<html lang="{language}">' in html
    assert html.count("<h1>") == 1
    assert 'href="#main"' in html


@pytest.mark.parametrize(
    ("path", "status"),
    [("/nowhere/", 404), ("/forbidden/", 403), ("/suspect/", 400), ("/broken/", 500)],
)
def test_what_goes_wrong_is_answered_in_the_shell(client, path, status):
    client.raise_request_exception = False

    response = client.get(path)

    assert response.status_code == status
    assert "Satu Pintu" in response.content.decode()


def test_a_stale_form_is_answered_with_the_way_to_send_it_again(client):
    client.handler.enforce_csrf_checks = True

    response = client.post("/guarded/", {})

    assert response.status_code == 403
    assert "Formulir terbuka terlalu lama" in response.content.decode()


def test_a_broken_page_is_said_to_be_our_fault_and_shows_nothing_of_the_cause(client):
    client.raise_request_exception = False

    html = client.get("/broken/").content.decode()

    assert "Ini bukan kesalahan Anda" in html
    assert "broken on purpose" not in html


def test_an_error_page_offers_its_own_address_in_the_other_language(client):
    html = client.get("/problem/404/?a=1").content.decode()

    assert 'href="?a=1&amp;lang=en"' in html


@pytest.mark.parametrize("path", ["/problem/404/", "/nowhere/"])
def test_an_address_with_more_fields_than_are_read_gets_a_page_too(client, settings, path):
    fields = "&".join(f"f{n}=1" for n in range(settings.DATA_UPLOAD_MAX_NUMBER_FIELDS + 1))

    response = client.get(f"{path}?{fields}")

    assert response.status_code == 400
    assert "Satu Pintu" in response.content.decode()
