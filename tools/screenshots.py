# SPDX-License-Identifier: Apache-2.0
"""Pictures of every page into screenshots/<language>/<width>/, to be looked at by a person.

A country is started on free ports; somebody in each language walks through it as the journeys do,
and then every link that leads on is followed, signed out and signed in.
"""

import json
import re
import shutil
import sys
import tempfile
import urllib.request
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

from playwright.sync_api import Browser, BrowserContext, Error, sync_playwright

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from tests.journeys import steps  # noqa: E402
from tests.journeys.country import Country, run_country  # noqa: E402
from tests.journeys.walker import Walker  # noqa: E402
from tools.browser import find_browser  # noqa: E402

FOLDER = ROOT / "screenshots"
WIDTHS = (360, 1280)
MOST_PAGES = 150
# Ends the walk, or is a file and no page.
LEAVE_OUT = re.compile(
    r"\.(pdf|json|csv|py|txt|css|js|svg|png|ico|xml)$|/sign-out/|/access-log/heads/"
)
IDENTIFIER = re.compile(r"[0-9a-f]{8}-[0-9a-f-]{27,}|[A-Za-z0-9_-]{20,}")


@dataclass
class Photographer(Walker):
    """A walker who takes a picture of each page instead of checking it."""

    taken: set[str] = field(default_factory=set)

    def look(self) -> None:
        page = self.page
        heading = page.locator("h1").first.inner_text() if page.locator("h1").count() else ""
        address = IDENTIFIER.sub("id", urlsplit(page.url).path)
        name = f"{urlsplit(page.url).port} {address} {heading}"
        if name in self.taken:
            return
        self.taken.add(name)
        self.take(f"{self.name_site(page.url)} {address} {heading}")

    def take(self, name: str) -> None:
        page = self.page
        words = re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")
        for width in WIDTHS:
            page.set_viewport_size({"width": width, "height": 900})
            folder = FOLDER / self.language / str(width)
            folder.mkdir(parents=True, exist_ok=True)
            page.screenshot(path=folder / f"{len(self.taken):03d}-{words[:90]}.png", full_page=True)
        page.set_viewport_size({"width": self.width, "height": 780})

    def look_as(self, words: str, address: str) -> None:
        """A page that looks otherwise than the one that was taken at its address."""
        self.page.goto(self.country.portal + address)
        self.taken.add(words)
        self.take(words)

    def name_site(self, url: str) -> str:
        for agency in self.country.description["agencies"]:
            if url.startswith(agency["url"]):
                return agency["slug"]
        return "mail" if url.startswith(self.country.description["mail"]["url"]) else ""

    def follow_links(self, *starts: str) -> None:
        """Every page of this site that links lead to, each kind of page once."""
        waiting = list(starts)
        seen: set[str] = set()
        while waiting and len(seen) < MOST_PAGES:
            address = waiting.pop(0)
            kind = IDENTIFIER.sub("id", urlsplit(address).path)
            if kind in seen or LEAVE_OUT.search(urlsplit(address).path):
                continue
            seen.add(kind)
            try:
                self.go(address)
            except Error as error:
                print(f"  {address}: {error.message.splitlines()[0]}")
                continue
            waiting += self.page.eval_on_selector_all(
                "a[href]",
                "(links, origin) => links.filter(a => a.origin === origin).map(a => a.href)",
                f"{urlsplit(self.page.url).scheme}://{urlsplit(self.page.url).netloc}",
            )


def send_letters(country: Country, *, email: str) -> None:
    """One letter of text and one with a PDF, as the tax office's desk sends them."""
    token = json.loads((country.home / "secrets.json").read_text("utf-8"))["SATUPINTU_DEMO_TOKEN"]
    letter = {
        "all_linked": True,
        "title": "Pengembalian pajak Anda",
        "body": "Kami mengembalikan **Rp1.250.000** ke rekening Anda.\n\n- Paling lambat 9 Desember",
    }
    request = urllib.request.Request(  # noqa: S310
        f"{country.agency('tax')['url']}demo/letters",
        data=json.dumps(letter).encode(),
        headers={"Content-Type": "application/json", "Authorization": f"Bearer {token}"},
    )
    with urllib.request.urlopen(request, timeout=60) as answer:  # noqa: S310
        report = json.load(answer)
    print(f"  letters for {email}: {report}")


AUTHENTICATOR = {
    "protocol": "ctap2",
    "transport": "internal",
    "hasResidentKey": True,
    "hasUserVerification": True,
    "isUserVerified": True,
    "automaticPresenceSimulation": True,
}


def pause_account(walker: Photographer, *, email: str, secret: str, owner: str) -> None:
    """The owner of the record stops the account with the code from the agency's notice, while
    somebody is signed in to it: that browser hears why it is not any more."""
    code = walker.country.wait_for_mail(owner, steps.PAUSE_CODE)
    walker.go("/account/sign-out/")
    walker.press("main form button")
    steps.sign_in(walker, email=email, password=steps.PASSWORD, secret=secret)
    walker.go("/account/not-me/code/")
    walker.submit(code="AAAA AAAA AAAA AAAA AAAA")
    walker.submit(code=code)
    walker.look_as("signed-out-by-the-pause", "/account/name/")
    steps.sign_in(walker, email=email, password=steps.PASSWORD, secret=secret)


def walk_through(country: Country, browser: Browser, language: str, number: int) -> int:
    context = browser.new_context(
        locale={"id": "id-ID", "en": "en-GB"}[language],
        reduced_motion="reduce",
        timezone_id="Asia/Jakarta",
    )
    context.set_default_timeout(30_000)
    walker = Photographer(
        country=country, context=context, language=language, javascript=True, width=1280
    )
    person = country.description["people"][number]
    switch = f"/?lang={language}"
    walker.follow_links(country.portal + switch, f"{country.portal}/design/")
    walker.go("/there-is-no-such-page/")
    walker.go("/account/sign-in/")
    walker.submit(email="")

    email = f"picture-{language}@surel.nusa"
    secret = steps.make_account(walker, email=email, name=person["name"])
    walker.go("/home/")
    tax, health = (country.link_of(person, slug) for slug in ("tax", "health"))
    walker.go("/services/tax/link/code/")
    walker.submit(code="0000 0000 0000")
    steps.link_by_code(walker, slug="tax", code=tax["code"])
    walker.go("/services/health/link/questions/")
    steps.answer(walker, dict.fromkeys(health["answers"], "1990-01-01"))
    steps.link_by_code(walker, slug="health", code=health["code"])
    send_letters(country, email=email)
    walker.follow_links(f"{country.portal}/home/", f"{country.portal}/inbox/")
    look_at_warning(walker, browser)

    walker.go("/account/identity/")
    walker.page.locator("#go").click()
    walker.page.wait_for_url(f"{country.description['nusaid']['url']}/**")
    walker.look()
    walker.submit(number=person["nusaid"]["number"], pin="1")
    walker.submit(number=person["nusaid"]["number"], pin=person["nusaid"]["pin"])
    walker.go("/account/identity/")

    for slug in ("tax", "health"):
        steps.open_service(walker, slug=slug)
    walker.go("/openid/logout")
    for agency in country.description["agencies"]:
        walker.follow_links(f"{agency['url']}?lang={language}")
    walker.go(f"{country.description['mail']['url']}/?lang={language}")
    walker.go("/account/not-me/freeze/")
    pause_account(walker, email=email, secret=secret, owner=person["email"])
    walker.go("/account/not-me/back/")
    walker.submit(number="ZZZZ ZZZZ")
    look_at_staff(walker, context, country, language)
    context.close()
    return len(walker.taken)


def look_at_warning(walker: Photographer, browser: Browser) -> None:
    """What a page says five minutes before its hour is over. In a copy of the browser, whose clock
    is put forward."""
    context = browser.new_context(
        locale={"id": "id-ID", "en": "en-GB"}[walker.language],
        storage_state=walker.context.storage_state(),
    )
    page = context.new_page()
    page.clock.install()
    page.goto(f"{walker.country.portal}/account/name/")
    page.clock.fast_forward("56:00")
    page.locator("[data-limit]").wait_for(state="visible")
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 900})
        page.screenshot(path=FOLDER / walker.language / str(width) / "warning-in-time.png")
    context.close()


def look_at_staff(
    walker: Photographer, context: BrowserContext, country: Country, language: str
) -> None:
    """Each role's pages. A virtual authenticator makes the passkey that the invitation asks for."""
    devtools = context.new_cdp_session(walker.page)
    devtools.send("WebAuthn.enable")
    devtools.send("WebAuthn.addVirtualAuthenticator", {"options": AUTHENTICATOR})
    walker.go("/staff/sign-in/")
    # Each link works once, so each language takes another of the two owners or stewards.
    first = {"id": 0, "en": 1}[language]
    for role in ("owner", "steward"):
        member = [one for one in country.description["staff"] if one["role"] == role][first]
        walker.go(member["join_url"].removeprefix(country.portal))
        walker.press("main form button")
        walker.follow_links(f"{country.portal}/staff/")
        walker.press(".tools form button")


def main() -> int:
    shutil.rmtree(FOLDER, ignore_errors=True)
    with (
        tempfile.TemporaryDirectory() as place,
        run_country(Path(place) / "home") as country,
        sync_playwright() as playwright,
    ):
        browser = playwright.chromium.launch(
            executable_path=find_browser(),
            args=["--no-sandbox", "--disable-background-networking", "--no-first-run"],
        )
        for number, language in enumerate(("id", "en")):
            print(f"{language} ...", flush=True)
            taken = walk_through(country, browser, language, 2 * number)
            print(f"  {taken} pages at {len(WIDTHS)} widths", flush=True)
        browser.close()
    print(f"Look at them in {FOLDER.relative_to(ROOT)}/.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
