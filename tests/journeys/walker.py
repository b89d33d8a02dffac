# SPDX-License-Identifier: Apache-2.0
"""One person with a browser: opens pages, fills forms, and has every page looked over.

Each page that is visited is checked with axe at two widths, for a title that names it, for one
main heading, for content wider than the screen, and for anything the browser complained about
(a blocked script, a missing file).
"""

import base64
import hmac
import struct
import time
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

from playwright.sync_api import BrowserContext, Locator, Page, Response

from .country import Country

AXE = Path(__file__).resolve().parents[2] / "node_modules" / "axe-core" / "axe.min.js"
WIDTHS = (360, 1280)
RULES = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}


@cache
def read_axe() -> str:
    return AXE.read_text("utf-8")


def compute_totp(secret: str, *, at: float | None = None) -> str:
    """RFC 6238 with the defaults: SHA-1, 30 seconds, six digits."""
    counter = struct.pack(">Q", int((time.time() if at is None else at) // 30))
    key = base64.b32decode(secret + "=" * (-len(secret) % 8))
    digest = hmac.digest(key, counter, "sha1")
    offset = digest[-1] & 15
    return f"{(struct.unpack('>I', digest[offset : offset + 4])[0] & 0x7FFFFFFF) % 10**6:06d}"


@dataclass
class Walker:
    country: Country
    context: BrowserContext
    language: str
    javascript: bool
    width: int
    problems: list[str] = field(default_factory=list)
    _page: Page | None = None
    _looked: set[str] = field(default_factory=set)

    @property
    def page(self) -> Page:
        if self._page is None:
            self._page = self.context.new_page()
            self._page.on("console", self._hear)
            self._page.on("pageerror", lambda error: self.problems.append(f"script: {error}"))
            self._page.on("response", self._see)
        return self._page

    def _hear(self, message: Any) -> None:
        # A page that answers 4xx on purpose (an error, a refusal) is logged by the browser too.
        if message.type == "error" and "status of 4" not in message.text:
            self.problems.append(f"console at {self.page.url}: {message.text}")

    def _see(self, response: Response) -> None:
        if response.status >= 500 and "/503" not in response.url:
            self.problems.append(f"{response.status} at {response.url}")

    # --- Going somewhere ----------------------------------------------------------------------

    def go(self, path: str) -> None:
        self.page.goto(path if "://" in path else self.country.portal + path)
        self.look()

    def press(self, selector: str) -> None:
        """Press a button or a link and wait for the page that it opens."""
        self._follow(self.page.locator(selector).first)

    def fill(self, **values: str) -> None:
        for name, value in values.items():
            self.page.locator(f'main [name="{name}"]').first.fill(value)

    def submit(self, **values: str) -> None:
        """Fill the page's form and send it by its main button."""
        self.fill(**values)
        form = (
            self.page.locator("main form", has=self.page.locator(f'[name="{next(iter(values))}"]'))
            if values
            else self.page.locator("main form")
        )
        self._follow(form.first.locator("button:not([type=button])").first)

    def _follow(self, control: Locator) -> None:
        """Asked before the click: a page that a script opens later has not begun to load by then,
        and the old one would be looked at while it goes."""
        with self.page.expect_navigation(wait_until="load"):
            control.click()
        self.look()

    def read_totp(self, secret: str) -> str:
        """What the authenticator app shows. A code works once in a country, so somebody who has
        just used one waits for the next half minute."""
        while (code := compute_totp(secret)) == self.country.used_totp.get(secret):
            time.sleep(0.5)
        self.country.used_totp[secret] = code
        return code

    def says(self, words: str) -> bool:
        return words.lower() in self.page.locator("body").inner_text().lower()

    @property
    def path(self) -> str:
        return self.page.url.removeprefix(self.country.portal).split("?")[0]

    # --- Looking it over ----------------------------------------------------------------------

    def look(self) -> None:
        """Check this page once; the same page at the same address with the same heading is not
        looked at twice."""
        page = self.page
        heading = page.locator("h1").first.inner_text() if page.locator("h1").count() else ""
        where = f"{page.url.split('?')[0]} {heading}"
        if where in self._looked or page.url.endswith((".json", ".pdf")):
            return
        self._looked.add(where)
        if not page.title().strip():
            self.problems.append(f"no title: {where}")
        if page.locator("h1").count() != 1:
            self.problems.append(f"{page.locator('h1').count()} main headings: {where}")
        if self.javascript:
            for width in WIDTHS:
                page.set_viewport_size({"width": width, "height": 780})
                self._check_page(f"{where} at {width} px")
            page.set_viewport_size({"width": self.width, "height": 780})

    def look_again(self) -> None:
        """The same page, changed by a script since it was looked at."""
        self._looked.clear()
        self.look()

    def _check_page(self, where: str) -> None:
        wide = self.page.evaluate(
            "() => document.documentElement.scrollWidth - document.documentElement.clientWidth"
        )
        if wide > 0:
            self.problems.append(f"{wide} px wider than the screen: {where}")
        # Evaluated by the debugger, so the page's own content security policy stays as it is.
        self.page.evaluate(read_axe())
        found = self.page.evaluate("rules => axe.run(document, rules)", RULES)
        for violation in found["violations"]:
            nodes = "; ".join(node["html"][:160] for node in violation["nodes"][:3])
            self.problems.append(f"axe {violation['id']} on {where}: {nodes}")
