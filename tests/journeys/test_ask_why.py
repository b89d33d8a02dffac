# SPDX-License-Identifier: Apache-2.0
"""A person sees that an agency read something about her, asks why, and reads the answer."""

import re
import time

import pytest

from . import steps
from .walker import Walker

# No other journey joins these people's records at this agency.
SLUG, PEOPLE = "school", {"id": 0, "en": 2}
WAIT_SECONDS = 90


@pytest.mark.parametrize("language", ["id", "en"])
def test_from_a_line_of_the_log_to_the_agencys_answer(walk, country, language):
    walker: Walker = walk(language)
    owner = country.person(PEOPLE[language])
    email = f"bertanya-{language}@surel.nusa"
    steps.make_account(walker, email=email, name=owner["name"])
    steps.link_by_code(walker, slug=SLUG, code=country.link_of(owner, SLUG)["code"])

    walker.go("/home/access-log/")
    walker.press('main li:first-child a[href$="/why/"]')
    walker.submit(text="Saya ingin tahu. <b>")
    asked = walker.path
    assert asked.endswith("/why/")
    assert walker.says("Saya ingin tahu. <b>")
    assert walker.page.locator("main form").count() == 0, "a line is asked about once"

    answer = walker.page.locator("#answer")
    deadline = time.monotonic() + WAIT_SECONDS
    while answer.count() == 0 and time.monotonic() < deadline:
        time.sleep(0.5)
        walker.page.goto(country.portal + asked)
    assert walker.says("Dasar hukumnya")
    walker.look()
    told = "menanyakan satu catatan akses|asked why something stands"
    assert country.wait_for_mail(email, re.compile(f"({told})"))
    walker.go("/home/access-log/questions/")
    assert walker.page.locator(f'main a[href="{asked}"]').count() == 1
