# SPDX-License-Identifier: Apache-2.0
"""The living page of components and the error pages, judged by axe and by measuring.

The journeys judge every page they visit; here each component is judged once, in every dress.
"""

import threading
from pathlib import Path
from socketserver import ThreadingMixIn
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server

import pytest
from django.core.wsgi import get_wsgi_application
from playwright.sync_api import Page

from satupintu.design import shell

AXE = Path(__file__).parents[2] / "node_modules" / "axe-core" / "axe.min.js"
DRESSES = [
    (language, width, scheme)
    for language in ("id", "en")
    for width in (360, 1280)
    for scheme in ("light", "dark")
]


class _Server(ThreadingMixIn, WSGIServer):
    daemon_threads = True


class _Quiet(WSGIRequestHandler):
    def log_message(self, *_args):
        """A passing test says nothing."""


@pytest.fixture
def portal(settings, monkeypatch):
    # What the apps above registered leads to addresses that stand in no portal of this size.
    monkeypatch.setattr(shell, "_nav", {})
    monkeypatch.setattr(shell, "_footer", {})
    settings.ROOT_URLCONF = "satupintu.design.tests.addresses"
    settings.DEMO = True
    server = make_server(
        "127.0.0.1", 0, get_wsgi_application(), server_class=_Server, handler_class=_Quiet
    )
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://localhost:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def open_page(browser, portal):
    contexts = []

    def open_in(
        path: str, language: str = "id", width: int = 1280, scheme="light", **options
    ) -> Page:
        context = browser.new_context(
            locale=language,
            color_scheme=scheme,
            viewport={"width": width, "height": 900},
            **options,
        )
        contexts.append(context)
        page = context.new_page()
        page.goto(f"{portal}{path}")
        return page

    yield open_in
    for context in contexts:
        context.close()


def list_violations(page: Page) -> list[str]:
    page.evaluate(AXE.read_text("utf-8"))
    found = page.evaluate("axe.run(document, {resultTypes: ['violations']})")
    return [
        f"{violation['id']}: {node['target']}"
        for violation in found["violations"]
        for node in violation["nodes"]
    ]


@pytest.mark.parametrize(("language", "width", "scheme"), DRESSES)
def test_axe_finds_nothing_in_any_component(open_page, language, width, scheme):
    page = open_page("/design/", language, width, scheme)

    assert list_violations(page) == []


@pytest.mark.parametrize(
    ("language", "width", "scheme"), [("id", 360, "light"), ("en", 1280, "dark")]
)
def test_axe_finds_nothing_in_a_form_full_of_errors(open_page, language, width, scheme):
    page = open_page("/design/", language, width, scheme)

    page.click("form[method=post].column .button")
    page.wait_for_selector(".govuk-error-summary")

    assert list_violations(page) == []
    assert page.evaluate("document.activeElement.className") == "govuk-error-summary"


@pytest.mark.parametrize(("language", "width", "scheme"), DRESSES)
def test_axe_finds_nothing_in_an_error_page(open_page, language, width, scheme):
    page = open_page("/problem/404/", language, width, scheme)

    assert list_violations(page) == []


@pytest.mark.parametrize("width", [320, 360, 1280])
def test_nothing_is_wider_than_the_page(open_page, width):
    # 320 px is a window of 1280 px at 400 % zoom.
    page = open_page("/design/", width=width)

    assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_everything_that_can_be_pressed_is_44_pixels_high(open_page):
    page = open_page("/design/", width=360)

    small = page.evaluate(
        """() => [...document.querySelectorAll('a, button, input, select, textarea, summary')]
        .filter(e => e.offsetParent && !e.closest('p, .prose, .govuk-error-summary, .who, .todos, .govuk-breadcrumbs')
          && !e.matches('.skip, .definitions a, .pick__link, [aria-hidden=true]'))
        .filter(e => e.getBoundingClientRect().height < 43.5)
        .map(e => e.outerHTML.slice(0, 80))"""
    )

    assert small == []


def test_letters_arrive_without_moving_anything(open_page):
    page = open_page("/design/", width=360)
    page.wait_for_load_state("networkidle")

    moved = page.evaluate(
        """() => new Promise(done => {
          let sum = 0;
          new PerformanceObserver(list => { for (const e of list.getEntries()) sum += e.value; })
            .observe({type: 'layout-shift', buffered: true});
          setTimeout(() => done(sum), 300);
        })"""
    )

    assert moved < 0.01


def test_a_keyboard_reaches_the_content_first(open_page):
    page = open_page("/design/")

    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    page.keyboard.press("Enter")

    assert page.evaluate("document.activeElement.id") == "main"


def test_a_second_press_sends_nothing(open_page):
    page = open_page("/design/")

    sent = page.evaluate(
        """() => {
          const form = document.querySelector('form[method=post].column');
          let sent = 0;
          form.addEventListener('submit', () => {});
          document.addEventListener('submit', e => { if (!e.defaultPrevented) sent += 1; e.preventDefault(); });
          form.requestSubmit(); form.requestSubmit(); form.requestSubmit();
          return sent;
        }"""
    )

    assert sent == 1


def test_a_password_is_shown_and_hidden(open_page):
    page = open_page("/design/")

    page.fill("#id_password", "kuda benar baterai")
    page.click(".govuk-password-input__toggle")

    assert page.get_attribute("#id_password", "type") == "text"


def test_without_scripts_no_button_stands_that_does_nothing(open_page):
    page = open_page("/design/", java_script_enabled=False)

    assert page.locator(".govuk-password-input__toggle").is_hidden()
    assert page.locator("[data-print]").first.is_hidden()
    assert page.locator(".button").first.is_visible()
