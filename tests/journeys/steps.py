# SPDX-License-Identifier: Apache-2.0
"""What people do, named as they would name it. Each step is taken by real clicks."""

import re

from .country import CODE_OF_SIX, LINKING_CODE
from .walker import Walker

RECOVERY_CODES = 8
PASSWORD = "empat puluh dua perahu"
PAUSE_CODE = re.compile(r"\b((?:[0-9A-Z]{4} ){4}[0-9A-Z]{4})\b")
SECRET = re.compile(r"\b([A-Z2-7]{4}(?: ?[A-Z2-7]{4}){3,7})\b")


def prove_address(walker: Walker, *, email: str, name: str) -> None:
    """From the front page to where an account is protected."""
    walker.go("/")
    walker.press(".front__ways .button")
    walker.press('main a[href*="/account/sign-up/"]')
    walker.submit(full_name=name, email=email)
    code = walker.country.wait_for_mail(email, CODE_OF_SIX)
    walker.submit(code=code)


def make_account(walker: Walker, *, email: str, name: str) -> str:
    """Sign up with e-mail, code, password and authenticator app; answers the app's secret."""
    prove_address(walker, email=email, name=name)
    walker.submit(password=PASSWORD)
    shown = SECRET.search(walker.page.locator("main").inner_text())
    assert shown, "the authenticator's secret is shown as text"
    secret = shown.group(1).replace(" ", "")
    walker.submit(code=walker.read_totp(secret))
    keep_codes(walker)
    return secret


def keep_codes(walker: Walker) -> None:
    """Read the recovery codes, which are shown once, and go on."""
    codes = walker.page.locator("#recovery-codes code").all_inner_texts()
    assert len(codes) == len(set(codes)) == RECOVERY_CODES
    walker.press("main form:last-of-type button")


def sign_in(walker: Walker, *, email: str, password: str, secret: str) -> None:
    """Password, then a code of the app."""
    walker.go("/account/sign-in/")
    walker.submit(email=email, password=password)
    walker.submit(code=walker.read_totp(secret))


def link_by_code(walker: Walker, *, slug: str, code: str) -> None:
    """From the directory to the agreement, with the code of a letter."""
    walker.go("/services/")
    walker.press(f'main a[href="/services/{slug}/"]')
    walker.press(f'main a[href="/services/{slug}/link/"]')
    walker.press(f'main a[href="/services/{slug}/link/code/"]')
    walker.submit(code=code)
    agree(walker, slug=slug)


def link_by_questions(walker: Walker, *, slug: str, answers: dict[str, str], mailbox: str) -> None:
    """Answer the agency's own questions; the code comes to the contact that it already has."""
    before = len(walker.country.mails(mailbox))
    walker.go(f"/services/{slug}/link/")
    walker.press(f'main a[href="/services/{slug}/link/questions/"]')
    answer(walker, answers)
    code = walker.country.wait_for_mail(mailbox, LINKING_CODE, after=before)
    walker.submit(code=code)
    agree(walker, slug=slug)


def answer(walker: Walker, answers: dict[str, str]) -> None:
    """Fill the questions page, a date in its three boxes, and send it."""
    for name, text in answers.items():
        day = walker.page.locator(f'main [name="{name}_0"], main [name="{name}-day"]')
        if day.count():
            year, month, date = text.split("-")
            boxes = walker.page.locator(f'main input[name^="{name}"]')
            for box, value in zip(boxes.all(), (date, month, year), strict=True):
                box.fill(value)
        else:
            walker.page.locator(f'main [name="{name}"]').fill(text)
    walker.press("main form button:not([type=button])")


def agree(walker: Walker, *, slug: str) -> None:
    walker.press('main button[value="agree"]')
    assert walker.path == f"/services/{slug}/link/done/", walker.path


def open_service(walker: Walker, *, slug: str) -> None:
    """From the home page to the agency's own site, without another password."""
    walker.go("/home/")
    walker.press(f'main .service__go a[href^="{walker.country.agency(slug)["url"]}"]')


def look_at_account(walker: Walker) -> None:
    """Every session and every sign-in is there to be seen."""
    for path in ("/account/", "/account/sessions/", "/account/activity/", "/home/access-log/"):
        walker.go(path)
        assert walker.path == path


def unlink(walker: Walker, *, slug: str) -> None:
    walker.go(f"/services/{slug}/")
    walker.press(f'main a[href="/services/{slug}/unlink/"]')
    walker.press("main form button")
    walker.go(f"/services/{slug}/")
    assert walker.page.locator(f'main a[href="/services/{slug}/link/"]').count()


def sign_out(walker: Walker) -> None:
    walker.press('header form[action="/account/sign-out/"] button')
