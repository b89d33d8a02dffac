# SPDX-License-Identifier: Apache-2.0
"""One agency as the demo runs it: a program of its own on a free loopback port."""

import contextlib
import json
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx

from demo.tests.stub_portal import StubPortal

ROOT = Path(__file__).parents[2]
DEMO_TOKEN = "a-token-for-tests"


class RunningAgency:
    def __init__(self, *, slug: str, home: Path, port: int, portal: StubPortal, smtp_url: str):
        self.slug, self.home, self.port, self.portal = slug, home, port, portal
        self.smtp_url = smtp_url
        self.url = f"http://127.0.0.1:{port}"
        self.api_url = f"{self.url}/api"
        self._described: dict[str, Any] | None = None

    def command(self, name: str, *arguments: str) -> list[str]:
        base = [sys.executable, "-m", "demo.agency", name]
        return [*base, "--slug", self.slug, "--home", str(self.home), *arguments]

    def run(self, name: str, *arguments: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            self.command(name, *arguments),
            cwd=ROOT,
            env=clean_environment(),
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )

    def describe(self) -> dict[str, Any]:
        """Asked once: it does not change while the agency runs."""
        if self._described is None:
            self._described = json.loads(self.run("describe").stdout)
        return self._described

    def call(self, method: str, path: str, *, token: str | None = None, **kwargs) -> httpx.Response:
        """One call of the portal, with a good token unless another is given."""
        token = self.portal.make_token(audience=self.api_url) if token is None else token
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        return httpx.request(method, self.api_url + path, headers=headers, timeout=10, **kwargs)

    def issue_code(self, *, email: str) -> str:
        answer = httpx.post(
            f"{self.url}/demo/codes",
            json={"record": email, "silent": True},
            headers={"Authorization": f"Bearer {DEMO_TOKEN}"},
            timeout=10,
        )
        return answer.json()["code"]

    def join(self, *, email: str, subject: str, link_id: str) -> httpx.Response:
        """Code, match and link in one go, as the portal would."""
        match = self.call("POST", "/linking/matches", json={"code": self.issue_code(email=email)})
        return self.call(
            "PUT",
            f"/linking/links/{subject}",
            json={"match_id": match.json()["match_id"], "link_id": link_id},
        )


def clean_environment() -> dict[str, str]:
    """Ours without what the test run set for the portal: an agency knows nothing of it."""
    return {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("SATUPINTU_", "DATABASE_", "DJANGO_"))
    }


def find_free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@contextlib.contextmanager
def run_agency(
    *, slug: str, home: Path, portal: StubPortal, smtp_url: str = "", residents: int = 300
) -> Iterator[RunningAgency]:
    """Serve until the block ends; its output is in `serve.log` of its home."""
    home.mkdir(parents=True, exist_ok=True)
    port = find_free_port()
    agency = RunningAgency(slug=slug, home=home, port=port, portal=portal, smtp_url=smtp_url)
    with (home / "serve.log").open("w") as log:
        program = subprocess.Popen(
            agency.command(
                "serve",
                *("--port", str(port), "--portal-issuer", portal.url, "--smtp-url", smtp_url),
                *("--demo-token", DEMO_TOKEN, "--residents", str(residents)),
            ),
            cwd=ROOT,
            env=clean_environment(),
            stdout=log,
            stderr=subprocess.STDOUT,
        )
        try:
            wait_until_up(agency, program)
            yield agency
        finally:
            program.terminate()
            program.wait(timeout=10)


def wait_until_up(agency: RunningAgency, program: subprocess.Popen) -> None:
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline and program.poll() is None:
        with contextlib.suppress(httpx.TransportError):
            if httpx.get(f"{agency.api_url}/health", timeout=2).status_code == 200:
                return
        time.sleep(0.05)
    raise AssertionError((agency.home / "serve.log").read_text())
