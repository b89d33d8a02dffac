# SPDX-License-Identifier: Apache-2.0
"""Somebody who reads a woman's mail links her record. She hears of it from the agency, and stops
it with the code from that notice: without an account, without a password."""

import pytest

from . import steps
from .walker import Walker

VICTIM = "melati@surel.nusa"
WORDS = {
    "id": {"paused": "Akun sudah dijeda", "refused": "Akun Anda sedang dijeda"},
    "en": {"paused": "The account is paused", "refused": "Your account is paused"},
}


# A record of her own in each language: the journeys share one country.
@pytest.mark.parametrize(("language", "slug"), [("id", "tax"), ("en", "health")])
def test_a_stolen_link_is_stopped_by_its_owner_without_an_account(walk, country, language, slug):
    victim = next(one for one in country.description["people"] if one["email"] == VICTIM)
    thief_email = f"pencuri-{language}@surel.nusa"
    thief: Walker = walk(language)
    secret = steps.make_account(thief, email=thief_email, name="Joko Prabowo")
    before = len(country.mails(VICTIM))
    answers = country.link_of(victim, slug)["answers"]
    steps.link_by_questions(thief, slug=slug, answers=answers, mailbox=VICTIM)
    steps.open_service(thief, slug=slug)
    assert thief.says(victim["name"]), "the thief is in"

    # The agency tells her, at the contact that it held before.
    code = country.wait_for_mail(VICTIM, steps.PAUSE_CODE, after=before)
    [notice] = [mail for mail in country.mails(VICTIM) if code in mail["text"]]
    assert "http" not in notice["text"]
    assert thief_email not in notice["text"]
    owner: Walker = walk(language)
    owner.go("/")
    owner.press('footer a[href="/account/not-me/"]')
    owner.press('main a[href="/account/not-me/code/"]')
    owner.submit(code="AAAA AAAA AAAA AAAA AAAA")
    assert owner.page.locator(".govuk-error-summary").count() == 1
    owner.submit(code=code.lower())
    assert owner.says(WORDS[language]["paused"])
    assert not owner.says("Joko")

    # The thief is out, and stays out.
    thief.go("/home/")
    assert thief.path == "/account/sign-in/"
    steps.sign_in(thief, email=thief_email, password=steps.PASSWORD, secret=secret)
    assert thief.says(WORDS[language]["refused"])
    thief.go("/home/")
    assert thief.path == "/account/sign-in/"

    # The same code once more is a calm page.
    owner.go("/account/not-me/code/")
    owner.submit(code=code)
    assert owner.says(WORDS[language]["paused"])
