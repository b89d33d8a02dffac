# SPDX-License-Identifier: Apache-2.0
"""The main job, as a person lives it: from nothing to the first letter, into two agencies and
back, and out of one again."""

import re
import subprocess
import sys

import pytest

from . import steps
from .walker import Walker

# Nobody else in these journeys uses these people's records.
PEOPLE = {"id": 0, "en": 2, "id-without-javascript": 3}


def send_letter(country, *, slug: str, owner: dict, title: str, body: str) -> None:
    """The agency's own command, as its staff would run it."""
    done = subprocess.run(
        [
            *(sys.executable, "-m", "demo.agency", "send", "--slug", slug),
            *("--home", str(country.home / "agencies" / slug), "--record", owner["email"]),
            *("--title", title, "--body", body),
        ],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize(
    ("language", "javascript"),
    [("id", True), ("en", True), ("id", False)],
    ids=["id", "en", "id-without-javascript"],
)
def test_from_sign_up_to_the_first_letter(walk, country, language, javascript, request):
    walker: Walker = walk(language, javascript=javascript)
    owner = country.person(PEOPLE[request.node.callspec.id])
    email = f"baru-{request.node.callspec.id}@surel.nusa"

    steps.make_account(walker, email=email, name=owner["name"])
    assert walker.path == "/home/"
    tax = country.link_of(owner, "tax")
    steps.link_by_code(walker, slug="tax", code=f" {tax['code'].lower()} ")
    steps.open_service(walker, slug="tax")
    assert walker.page.url.startswith(country.agency("tax")["url"])
    assert walker.says(owner["name"])
    for slug in ("health", "pasir-putih"):
        steps.link_by_code(walker, slug=slug, code=country.link_of(owner, slug)["code"])
    steps.open_service(walker, slug="health")
    assert walker.page.url.startswith(country.agency("health")["url"])
    assert walker.says(owner["name"])

    title = f"Pengembalian pajak {request.node.callspec.id}"
    send_letter(country, slug="tax", owner=owner, title=title, body="Kami **setuju**.")
    notice = country.wait_for_mail(email, re.compile(f"({country.agency_name('tax', language)})"))
    assert notice
    (mail,) = [mail for mail in country.mails(email) if notice in mail["text"]]
    assert title not in mail["subject"] + mail["text"]
    assert "http" not in mail["text"]

    walker.go("/home/")
    assert walker.says(title)
    walker.press(f'main a:has-text("{title}")')
    assert walker.page.locator("article strong").inner_text() == "setuju"
    walker.go("/home/")
    assert not walker.says(title), "a letter that was read no longer waits"

    steps.unlink(walker, slug="tax")
    walker.go("/inbox/")
    assert walker.says(title), "letters stay when an agency is unlinked"

    steps.look_at_account(walker)
    steps.sign_out(walker)
    walker.go("/home/")
    assert walker.path == "/account/sign-in/"
