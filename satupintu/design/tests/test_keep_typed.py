# SPDX-License-Identifier: Apache-2.0
"""Changing the language in the middle of a form loses nothing, without any script (ADR 0033)."""

import re

import pytest
from django.http import QueryDict
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st

from satupintu.design import language, typed
from satupintu.design.fields import draw_field
from satupintu.design.gallery import GalleryForm

FILLED = {
    "code": "K7PM 2XRD 94QT",
    "digits": "123",
    "email": "nuraini@",
    "password": "rahasia sekali",
    "born_on_0": "31",
    "born_on_1": "2",
    "born_on_2": "19x",
    "way": "questions",
    "province": "tl",
    "topics": ["tax", "school"],
    "words": 'Nur\'aini 🌺 <b>"baris"\nkedua',
    "agreed": "on",
}


@pytest.fixture
def portal(own_portal, settings):
    settings.DEMO = True


def get_value(html, name):
    return re.search(rf'name="{name}"[^>]* value="([^"]*)"', html)


def test_the_switch_of_a_page_with_a_form_is_a_button_of_that_form(client, portal):
    html = client.get("/design/?next=/home/").content.decode()

    button = re.search(r'<button[^>]*name="lang"[^>]*>', html)
    assert button
    assert 'form="typed"' in button[0]
    assert 'value="en"' in button[0]
    # A box that is not filled in rightly yet must not hold the reader of another language up.
    assert "formnovalidate" in button[0]
    assert 'formaction="/design/?next=/home/"' in button[0]
    assert html.count('id="typed"') == 1


def test_the_enter_key_presses_another_button_than_the_switch(client, portal):
    html = client.get("/design/").content.decode()

    # A browser presses the first button in the tree that belongs to the form.
    first = re.search(r'<button[^>]*form="typed"[^>]*>', html)
    assert first
    assert 'name="lang"' not in first[0]
    assert 'tabindex="-1"' in first[0]
    assert 'aria-hidden="true"' in first[0]


def test_a_page_without_a_form_has_a_link(client, portal):
    html = client.get("/nowhere/").content.decode()

    assert 'hreflang="en"' in html
    assert 'name="lang"' not in html


def test_what_was_typed_is_there_in_the_other_language_and_nothing_is_judged(client, portal):
    answer = client.post("/design/", FILLED | {"lang": "en"})

    html = answer.content.decode()
    assert answer.status_code == 200
    assert '<html lang="en">' in html
    assert "govuk-error" not in html
    assert "<title>Components " in html
    for name in ("digits", "email", "born_on_0", "born_on_1", "born_on_2"):
        assert get_value(html, name)[1] == FILLED[name]
    assert "Nur&#39;aini 🌺 &lt;b&gt;&#34;baris&#34;\nkedua</textarea>" in html
    assert re.search(r'value="tl"[^>]*selected', html)
    assert re.search(r'value="questions"[^>]*checked', html)
    assert len(re.findall(r'value="(?:tax|school)"[^>]*checked', html)) == 2
    assert not re.search(r'value="health"[^>]*checked', html)
    assert re.search(r'name="agreed"[^>]*checked', html)


def test_passwords_and_one_time_codes_are_never_given_back(client, portal):
    html = client.post("/design/", FILLED | {"lang": "en"}).content.decode()

    assert FILLED["password"] not in html
    assert not get_value(html, "code") or not get_value(html, "code")[1]


def test_a_box_that_was_unticked_stays_unticked(client, portal):
    filled = {name: value for name, value in FILLED.items() if name not in {"agreed", "topics"}}

    html = client.post("/design/", filled | {"lang": "en"}).content.decode()

    assert not re.search(r'name="(?:agreed|topics)"[^>]*checked', html)


def test_the_choice_is_remembered_and_told_and_the_page_is_stored_nowhere(
    client, portal, settings, monkeypatch
):
    heard = []
    monkeypatch.setattr(language, "_listeners", [lambda request, code: heard.append(code)])

    answer = client.post("/design/", FILLED | {"lang": "en"})

    assert answer.cookies[settings.LANGUAGE_COOKIE_NAME].value == "en"
    assert answer.headers["Content-Language"] == "en"
    assert "no-store" in answer.headers["Cache-Control"]
    assert heard == ["en"]


def test_what_one_person_typed_is_gone_with_her_request(client, portal):
    client.post("/design/", FILLED | {"lang": "en"})

    html = client.get("/design/").content.decode()

    assert typed.get_typed() is None
    assert "nuraini@" not in html


def test_an_unknown_language_sends_the_form_as_ever(client, portal):
    answer = client.post("/design/", {"lang": "xx"})

    assert answer.status_code == 422


def test_the_switch_needs_the_forms_own_token(portal):
    stranger = Client(enforce_csrf_checks=True)

    answer = stranger.post("/design/", FILLED | {"lang": "en"})

    assert answer.status_code == 403
    assert "nuraini@" not in answer.content.decode()


def test_a_machine_that_says_lang_is_left_alone(client, portal):
    """`/page/` says of itself nothing, so it counts as a machine's."""
    answer = client.post("/page/", {"lang": "en"})

    assert answer.headers["Content-Language"] == "id"
    assert answer.cookies == {}


def test_a_form_that_leads_on_still_leads_there(rf):
    request = rf.post("/design/", {"next": "/inbox/", "email": "a@", "lang": "en"})
    with typed.forget_afterwards():
        typed.open_again(request)

        assert request.method == "GET"
        assert dict(request.GET.items()) == {"next": "/inbox/"}
        assert not request.POST
        assert not request.FILES


@given(words=st.text(min_size=1, max_size=80))
def test_whatever_is_typed_comes_back_as_it_was(words):
    fields = QueryDict(mutable=True)
    fields["digits"] = words
    form = GalleryForm()
    with typed.forget_afterwards():
        typed.put_back(fields)

        assert typed.read_value(form["digits"]) == words
        assert typed.read_value(form["password"]) is None


@given(words=st.text(max_size=80))
def test_a_form_that_was_sent_shows_what_was_sent(words):
    fields = QueryDict(mutable=True)
    fields["digits"] = "typed"
    form = GalleryForm({"digits": words})
    with typed.forget_afterwards():
        typed.put_back(fields)

        assert typed.read_value(form["digits"]) == words


def test_a_form_of_which_nothing_was_typed_is_drawn_as_it_is():
    fields = QueryDict("other=1")
    form = GalleryForm(initial={"agreed": True})
    with typed.forget_afterwards():
        typed.put_back(fields)

        assert "checked" in draw_field(form["agreed"])
