# SPDX-License-Identifier: Apache-2.0
"""The agencies of the made-up country, as the supervisor runs them: programs of their own, spoken
to by their command `python -m demo.agency` and over HTTP."""

import json
import urllib.request
from typing import Any

from demo.agency.definition import list_slugs

from .home import DemoHome, HomeRefusal, Ports
from .supervisor import Errand, python

TIMEOUT_SECONDS = 10


def list_agencies() -> list[str]:
    """Slugs, the national ones first."""
    return list_slugs()


def serve_command(slug: str, *, home: DemoHome, ports: Ports) -> list[str]:
    return python("-m", "demo.agency", "serve", *_settings(slug, home, ports))


def describe_agency(
    slug: str, *, home: DemoHome, ports: Ports, environment: dict[str, str]
) -> Errand:
    """Ask what the portal must know of it, and which demo people it knows."""
    command = python("-m", "demo.agency", "describe", *_settings(slug, home, ports))
    return Errand(command, environment=environment)


def issue_codes(agency: dict[str, Any], *, token: str) -> dict[str, str]:
    """A fresh linking code of a running agency for each demo person it knows, by e-mail address.
    Nothing is sent to anybody."""
    codes = {}
    for person in agency["demo_people"]:
        request = urllib.request.Request(  # noqa: S310
            f"{agency['site_url']}demo/codes",
            data=json.dumps({"record": person["email"], "silent": True}).encode(),
            headers={"Content-Type": "application/json", "Authorization": f"Bearer {token}"},
        )
        with urllib.request.urlopen(request, timeout=TIMEOUT_SECONDS) as answer:  # noqa: S310
            codes[person["email"]] = json.load(answer)["code"]
    return codes


def read_description(errand: Errand) -> dict[str, Any]:
    out, err = errand.read()
    if errand.process.returncode:
        said = err.strip().splitlines() or ["no reason given"]
        raise HomeRefusal(f"An agency could not be prepared: {said[-1]}")
    return json.loads(out)


def _settings(slug: str, home: DemoHome, ports: Ports) -> list[str]:
    """The portal's address, the mail catcher's and the demo token are in the environment."""
    return [f"--slug={slug}", f"--home={home.agencies / slug}", f"--port={ports.agencies[slug]}"]
