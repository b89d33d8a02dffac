# SPDX-License-Identifier: Apache-2.0
import pytest

pytestmark = pytest.mark.usefixtures("own_portal")


def test_the_living_page_is_closed_where_people_live(client, settings):
    settings.DEMO = False
    settings.DEBUG = False

    assert client.get("/design/").status_code == 404


@pytest.mark.parametrize(("language", "title"), [("id", "Komponen"), ("en", "Components")])
def test_it_shows_every_component_in_each_language(client, settings, language, title):
    settings.DEMO = True

    response = client.get("/design/", headers={"Accept-Language": language})

    assert response.status_code == 200
    html = response.content.decode()
    assert html.count("<h1") == 1
    assert f"<title>{title} " in html


def test_an_empty_form_is_answered_with_its_errors_first_and_in_the_title(client, settings):
    settings.DEMO = True

    response = client.post("/design/", {})

    html = response.content.decode()
    assert response.status_code == 422
    assert "<title>Kesalahan: Komponen " in html
    assert html.index("govuk-error-summary") < html.index("govuk-form-group")
