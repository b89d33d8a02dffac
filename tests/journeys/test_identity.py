# SPDX-License-Identifier: Apache-2.0
"""Proving who one is, with NusaID, which is a program of its own."""

import pytest

from . import steps
from .walker import Walker

NAMES = ["id", "en", "id-without-javascript"]


def continue_to_nusaid(walker: Walker) -> None:
    """The page in between goes on by itself; who is quick, or has no patience, presses."""
    walker.page.locator("#go").click()
    walker.page.wait_for_url(f"{walker.country.description['nusaid']['url']}/**")
    walker.look()


@pytest.mark.parametrize(
    ("language", "javascript", "who"),
    [("id", True, 3), ("en", True, 4), ("id", False, 5)],
    ids=NAMES,
)
def test_a_person_proves_who_she_is_and_her_account_page_says_so(
    walk, country, language, javascript, who
):
    walker: Walker = walk(language, javascript=javascript)
    owner = country.person(who)
    card = owner["nusaid"]
    email = f"bukti-{who}@surel.nusa"
    steps.make_account(walker, email=email, name=owner["name"])

    walker.go("/account/")
    walker.press('main a[href="/account/identity/"]')
    continue_to_nusaid(walker)
    walker.submit(number=card["number"], pin="000000" if card["pin"] != "000000" else "111111")
    walker.submit(number=card["number"], pin=card["pin"])

    assert walker.path == "/account/identity/done/"
    walker.press("#continue")
    walker.press('main a[href="/account/identity/"]')
    assert walker.page.locator("#standing").count() == 1
    subject = {"id": "Identitas Anda sudah terbukti", "en": "You have proved who you are"}
    deadline = 30
    while subject[language] not in [mail["subject"] for mail in country.mails(email)]:
        deadline -= 1
        assert deadline, "the mail about it never came"
        walker.page.wait_for_timeout(500)


def test_who_changes_her_mind_comes_back_with_nothing_changed(walk, country):
    walker: Walker = walk("en")
    steps.make_account(walker, email="batal@surel.nusa", name="Nobody In Particular")

    walker.go("/account/identity/")
    continue_to_nusaid(walker)
    walker.press('main button[value="cancel"]')

    assert walker.path == "/account/identity/return/"
    assert walker.says("You stopped on the way")
    assert walker.page.locator("#standing").count() == 0
