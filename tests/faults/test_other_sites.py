# SPDX-License-Identifier: Apache-2.0
"""What another site may try with a person's browser, at every address there is."""

import html
import re

import pytest
from django.middleware.csrf import _get_new_csrf_string
from django.test import Client
from django.urls import get_resolver

from satupintu.trust.accounts.tests.factories import AccountFactory, sign_in
from satupintu.trust.staff.tests.factories import StewardFactory
from satupintu.trust.staff.tests.factories import sign_in as sign_staff_in
from tests.consistency.test_routes import walk

from .test_another_persons_id import FIELDS, ROUTES

pytestmark = pytest.mark.django_db

# Which forms come from elsewhere on purpose, and why that does no harm.
FROM_ELSEWHERE = {
    # OpenID Connect Core 3.1.2.1: POST is a way to ask. The answer is a page that asks her, with a
    # token of its own, or what she agreed to before.
    "openid/authorize",
    # RP-Initiated Logout 2: likewise; only with her own ID token is she signed out unasked.
    "openid/logout",
}
# An address elsewhere, as it is written to look like one of ours.
ELSEWHERE = ("https://elsewhere.example/", "//elsewhere.example/", "/\\elsewhere.example/")
# Names under which programs take an address to go to; and every name that is taken here.
NEXT_LIKE = (
    {"next", "url", "return", "return_to", "back", "goto", "continue", "redirect", "target"}
    | {"redirect_uri", "post_logout_redirect_uri", "target_link_uri", "login_hint", "state"}
    | {name for name in FIELDS if name != "lang"}
)
GOAL = re.compile(
    r'(?:href|action|formaction)="([^"]*)"|http-equiv="refresh" content="\d+;url=([^"]*)"'
)


def address_of(where: str) -> str:
    values = {"slug": "pajak", "int": "1", "str": "x" * 43}
    unknown = "00000000-0000-7000-8000-000000000000"
    return "/" + re.sub(
        r"<(\w+):\w+>", lambda found: values.get(found.group(1), unknown), where.lstrip("/")
    )


def is_from_elsewhere(pattern) -> bool:
    return bool(getattr(pattern.callback, "csrf_exempt", False))


def test_only_what_reads_no_session_is_spared_the_forms_own_token():
    """A machine's endpoint (config/machines.py) and the agency API know no cookie."""
    spared = {
        where
        for where, pattern in walk(get_resolver())
        if is_from_elsewhere(pattern)
        and not getattr(pattern.callback, "is_machine", False)
        and not where.startswith("api/v1/")
    }

    assert spared == FROM_ELSEWHERE


@pytest.mark.parametrize("who", ["person", "staff"])
def test_no_route_takes_a_form_that_another_site_sent(who):
    """CSRF, also on linking and on consent: the browser brings her cookies, and nothing happens."""
    tried = 0
    for where, pattern in walk(get_resolver()):
        if is_from_elsewhere(pattern) or where.startswith("api/v1/"):
            continue
        browser = Client(enforce_csrf_checks=True)
        if who == "staff":
            sign_staff_in(browser, StewardFactory())
        else:
            sign_in(browser, AccountFactory())

        bare = browser.post(address_of(where), {"choice": "agree"})
        foreign = browser.post(
            address_of(where),
            {"choice": "agree", "csrfmiddlewaretoken": _get_new_csrf_string()},
            headers={"origin": "https://elsewhere.example"},
        )

        assert (bare.status_code, foreign.status_code) == (403, 403), where
        tried += 1
    assert tried > 80


@pytest.mark.parametrize("elsewhere", ELSEWHERE)
@pytest.mark.parametrize("who", ["nobody", "person", "staff"])
def test_no_next_of_any_name_leads_elsewhere(who, elsewhere):
    sent = dict.fromkeys(NEXT_LIKE, elsewhere)
    # Elsewhere the session of staff is none at all.
    routes = [route for route in ROUTES if who != "staff" or route.address.startswith("/staff/")]
    for route in routes:
        address = address_of(route.address)
        for method in ("get", "post"):
            browser = Client()
            if who == "staff":
                sign_staff_in(browser, StewardFactory())
            elif who == "person":
                sign_in(browser, AccountFactory())
            page = getattr(browser, method)(address, sent)

            location = page.headers.get("Location", "/")
            assert re.match(r"/(?![/\\])", location), address
            if page.streaming or "html" not in page.headers.get("Content-Type", ""):
                continue
            for found in GOAL.findall(page.content.decode()):
                goal = html.unescape("".join(found))
                assert not re.match(r"\s*(?:https?:)?[/\\]{2}elsewhere", goal), (address, goal)
                assert not re.match(r"/\\elsewhere", goal), (address, goal)
