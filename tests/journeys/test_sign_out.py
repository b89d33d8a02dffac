# SPDX-License-Identifier: Apache-2.0
"""Signing out in one place is signing out everywhere: a shared computer, one press, and nothing of
hers is left open, not even at an agency that knows nothing of the portal's cookies."""

import time

import pytest

from . import steps
from .walker import Walker

PATIENCE_SECONDS = 30


def is_signed_in_at(walker: Walker, site: str) -> bool:
    """What the agency itself says to this browser's cookie, over HTTP."""
    answer = walker.context.request.get(f"{site}record", max_redirects=0)
    return answer.status == 200


def wait_until_signed_out_at(walker: Walker, site: str) -> None:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while is_signed_in_at(walker, site):
        assert time.monotonic() < deadline, f"still signed in at {site}"
        time.sleep(0.2)


def visit(walker: Walker, site: str) -> None:
    walker.go(f"{site}signin")
    walker.press('main button[value="agree"]')
    walker.page.wait_for_url(f"{site}record")
    assert is_signed_in_at(walker, site)


@pytest.mark.parametrize(
    ("language", "javascript"), [("id", False), ("en", True)], ids=["id", "en"]
)
def test_signing_out_at_the_portal_signs_out_at_every_agency(walk, country, language, javascript):
    walker: Walker = walk(language, javascript=javascript)
    sites = [country.agency(slug)["url"] for slug in ("tax", "health")]
    steps.make_account(walker, email=f"keluar-{language}@surel.nusa", name="Wati Lestari")
    for site in sites:
        visit(walker, site)

    walker.go("/openid/logout")
    assert walker.says(country.agency_name("tax", language))
    walker.press("#sign-out")

    assert walker.path == "/account/signed-out/"
    for site in sites:
        wait_until_signed_out_at(walker, site)
    walker.go("/home/")
    assert walker.path == "/account/sign-in/"


def test_signing_out_at_an_agency_offers_to_sign_out_everywhere(walk, country):
    walker: Walker = walk("id", javascript=False)
    tax, health = (country.agency(slug)["url"] for slug in ("tax", "health"))
    steps.make_account(walker, email="keluar-dari-pajak@surel.nusa", name="Wati Lestari")
    for site in (health, tax):
        visit(walker, site)

    walker.press('form[action="/signout"] button')
    assert not is_signed_in_at(walker, tax)
    walker.press("#sign-out-there")

    # Straight there and back: the ID token says which session the site means.
    walker.page.wait_for_url(f"{tax}signed-out?state=*")
    assert walker.says("Anda juga sudah keluar dari Satu Pintu")
    wait_until_signed_out_at(walker, health)
    walker.go("/home/")
    assert walker.path == "/account/sign-in/"
