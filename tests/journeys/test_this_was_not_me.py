# SPDX-License-Identifier: Apache-2.0
"""She freezes everything, sees who has confirmed, and has it back at a counter: two members of
staff let her own phone go on. The thief, who holds her password and her app, stays outside."""

import re
import time

from . import staff, steps
from .country import CODE_OF_SIX
from .walker import Walker

# Her record at this agency is linked in no other journey.
OWNER, AGENCY = "nuraini@surel.nusa", "pasir-putih"
EMAIL, NEW_EMAIL = "beku@surel.nusa", "beku.baru@surel.nusa"
NEW_PASSWORD = "sembilan layar di teluk biru"
FIRST, SECOND = "yohanes.lasut@pajak.nusa", "made.wirawan@koordinasi.nusa"
CASE = "/account/not-me/case/"
GO_ON = 'main a[href="/account/not-me/back/code/?again=1"]'
NUMBER = re.compile(r"Kasus ([0-9A-Z]{4} [0-9A-Z]{4})")


def wait_for(walker: Walker, words: str) -> None:
    """Load the same page again until the worker has done its part."""
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        walker.page.reload()
        if walker.says(words):
            return
        time.sleep(0.5)
    raise AssertionError(f"{words!r} did not appear within a minute")


def freeze(owner: Walker) -> str:
    """From the list of what happened to the case; answers its number."""
    owner.go("/account/activity/")
    owner.press('main a[href="/account/not-me/"]')
    owner.press('main a[href="/account/not-me/freeze/"]')
    assert owner.says("janji temu")
    owner.press('main form[action="/account/not-me/freeze/"] button')
    assert owner.path == CASE
    found = NUMBER.search(owner.page.locator("main").inner_text())
    assert found
    return found.group(1)


def stay_outside(thief: Walker, secret: str) -> None:
    """Thrown out; all proofs together show him the case, and nothing else."""
    thief.go("/home/")
    assert thief.path == "/account/sign-in/"
    steps.sign_in(thief, email=EMAIL, password=steps.PASSWORD, secret=secret)
    assert thief.path == CASE
    assert not thief.page.locator("main form").count()
    for path in ("/home/", "/account/", f"/services/{AGENCY}/unlink/"):
        thief.go(path)
        assert thief.path == "/account/sign-in/"


def look_at_her(clerk: Walker, *, number: str, code: str, name: str) -> None:
    """The first of two, at the counter."""
    clerk.go("/staff/cases/")
    assert clerk.says(number)
    clerk.submit(number="ZZZZ ZZZZ")
    clerk.submit(number=number)
    assert not clerk.says(name)
    clerk.submit(screen_code="AAAA AAAA")
    clerk.submit(screen_code=code)
    assert clerk.says(name), "to compare with her paper"
    clerk.page.locator('main input[name="paper"][value="id_card"]').check()
    clerk.page.locator('main input[name="sure"]').check()
    clerk.submit(reason="Wajah dan kartu cocok.")
    assert clerk.path == "/staff/proposals/"
    assert not clerk.page.locator('main form[action$="/approve/"]').count(), "never one alone"


def agree(second: Walker, *, number: str, code: str, name: str) -> None:
    second.go("/staff/identity/counter/")
    assert second.page.locator('form[action="/staff/sign-out/"]').count(), "refused in her shell"
    second.go("/staff/proposals/")
    assert second.says(number)
    second.press('main form[action$="/approve/"] button')
    assert second.page.locator('main form[action$="/approve/"]').count(), "she has seen nobody yet"
    second.go("/staff/cases/")
    second.submit(number=number)
    second.submit(screen_code=code)
    assert second.says(name)
    second.press('main a[href="/staff/proposals/"]')
    second.press('main form[action$="/approve/"] button')


def choose_new_guards(owner: Walker) -> None:
    owner.press(GO_ON)
    owner.submit(email=NEW_EMAIL)
    code = owner.country.wait_for_mail(NEW_EMAIL, CODE_OF_SIX)
    owner.submit(code=code, password=NEW_PASSWORD)
    owner.press('main a[href^="/account/app/"]')
    shown = steps.SECRET.search(owner.page.locator("main").inner_text())
    assert shown
    owner.submit(code=owner.read_totp(shown.group(1).replace(" ", "")))


def test_she_freezes_everything_and_has_it_back_and_the_thief_stays_outside(walk, country):
    person = next(one for one in country.description["people"] if one["email"] == OWNER)
    owner: Walker = walk("id")
    secret = steps.make_account(owner, email=EMAIL, name=person["name"])
    steps.link_by_code(owner, slug=AGENCY, code=country.link_of(person, AGENCY)["code"])
    thief: Walker = walk("id")
    steps.sign_in(thief, email=EMAIL, password=steps.PASSWORD, secret=secret)
    assert thief.path == "/home/", "the thief is in"

    number = freeze(owner)
    wait_for(owner, "Mengonfirmasi pembekuan pada")
    stay_outside(thief, secret)

    # Her phone, at a counter.
    owner.press('main a[href="/account/not-me/back/"]')
    owner.submit(number=number.lower())
    code = owner.page.locator("main code.secret").inner_text()
    clerk, second = walk("id"), walk("id")
    staff.come_on_duty(clerk, email=FIRST)
    look_at_her(clerk, number=number, code=code, name=person["name"])
    owner.press(GO_ON)
    assert owner.page.locator("main code.secret").count(), "one yes is none"
    staff.come_on_duty(second, email=SECOND)
    agree(second, number=number, code=code, name=person["name"])

    # Only now it goes on.
    choose_new_guards(owner)
    owner.go(CASE)
    owner.press('main form[action$="/take-back/"] button')
    assert owner.says("sepenuhnya milik Anda lagi")
    wait_for(owner, "dikonfirmasi pada")
    owner.go("/home/access-log/")
    assert owner.says("menyetujui bahwa akun Anda dikembalikan")
    assert not owner.says("Yohanes")

    # What the thief holds opens nothing.
    for email in (EMAIL, NEW_EMAIL):
        thief.go("/account/sign-in/")
        thief.submit(email=email, password=steps.PASSWORD)
        assert thief.page.locator(".govuk-error-summary").count() == 1
