# SPDX-License-Identifier: Apache-2.0
"""A whole country on free ports, as `satupintu demo` starts it, and what a script needs of it."""

import contextlib
import json
import os
import re
import signal
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import quote

from satupintu.foundation import crypto

START_SECONDS = 180
CODE_OF_SIX = re.compile(r"\b(\d{3} ?\d{3})\b")
LINKING_CODE = re.compile(
    rf"\b([{crypto.CROCKFORD}]{{4}}[ -]?[{crypto.CROCKFORD}]{{4}}[ -]?[{crypto.CROCKFORD}]{{4}})\b"
)


@dataclass
class Country:
    """A running demo."""

    home: Path
    description: dict[str, Any]
    used_totp: dict[str, str] = field(default_factory=dict)

    @property
    def portal(self) -> str:
        return self.description["portal"]["url"]

    def agency(self, slug: str) -> dict[str, Any]:
        return next(a for a in self.description["agencies"] if a["slug"] == slug)

    def agency_name(self, slug: str, language: str) -> str:
        return self.agency(slug)["name" if language == "id" else "name_en"]

    def person(self, number: int) -> dict[str, Any]:
        return self.description["people"][number]

    def link_of(self, person: dict[str, Any], slug: str) -> dict[str, Any]:
        return next(link for link in person["links"] if link["agency"] == slug)

    def mails(self, address: str) -> list[dict[str, Any]]:
        url = f"{self.description['mail']['json_url']}?to={quote(address)}"
        with urllib.request.urlopen(url, timeout=10) as answer:
            return json.load(answer)["messages"]

    def wait_for_mail(self, address: str, pattern: re.Pattern[str], *, after: int = 0) -> str:
        """The first group of `pattern` in the newest mail beyond the first `after`."""
        deadline = time.monotonic() + 30
        while time.monotonic() < deadline:
            mails = self.mails(address)
            for mail in mails[: len(mails) - after]:
                found = pattern.search(mail["text"])
                if found:
                    return found.group(1)
            time.sleep(0.2)
        raise AssertionError(f"no mail that fits {pattern.pattern} came within 30 s")


def read_country(home: Path) -> Country:
    """A country that runs already."""
    return Country(home=home, description=json.loads((home / "demo.json").read_text("utf-8")))


@contextlib.contextmanager
def run_country(home: Path) -> Iterator[Country]:
    """Start the demo in `home`, wait until it is ready, end it by SIGTERM."""
    environment = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith("SATUPINTU_")
        and name not in {"DATABASE_URL", "DJANGO_SETTINGS_MODULE"}
    }
    environment["SATUPINTU_HOME"] = str(home)
    log = home.with_suffix(".log")
    with log.open("wb") as output:
        process = subprocess.Popen(
            [str(Path(sys.executable).parent / "satupintu"), "demo", "--port", "0"],
            env=environment,
            stdout=output,
            stderr=subprocess.STDOUT,
        )
        try:
            deadline = time.monotonic() + START_SECONDS
            while "Ready in" not in log.read_text("utf-8", errors="replace"):
                if process.poll() is not None or time.monotonic() > deadline:
                    raise AssertionError(
                        f"the demo did not start:\n{log.read_text('utf-8')[-3000:]}"
                    )
                time.sleep(0.2)
            yield Country(
                home=home, description=json.loads((home / "demo.json").read_text("utf-8"))
            )
        finally:
            if process.poll() is None:
                process.send_signal(signal.SIGTERM)
                process.wait(timeout=15)
