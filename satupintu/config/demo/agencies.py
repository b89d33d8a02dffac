# SPDX-License-Identifier: Apache-2.0
"""The agencies of the made-up country, as the supervisor runs them: programs of their own, spoken
to by their command `python -m demo.agency` and over HTTP."""

import json
from typing import Any

from demo.agency.definition import list_slugs

from .home import DemoHome, HomeRefusal, Ports
from .supervisor import Errand, python


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


def issue_code(slug: str, *, email: str, home: DemoHome, environment: dict[str, str]) -> Errand:
    """A fresh linking code for a demo person; nothing is sent to anybody."""
    command = python(
        "-m",
        "demo.agency",
        "code",
        f"--slug={slug}",
        f"--home={home.agencies / slug}",
        f"--record={email}",
        "--silent",
    )
    return Errand(command, environment=environment)


def read_description(errand: Errand) -> dict[str, Any]:
    out, err = errand.read()
    if errand.process.returncode:
        said = err.strip().splitlines() or ["no reason given"]
        raise HomeRefusal(f"An agency could not be prepared: {said[-1]}")
    return json.loads(out)


def _settings(slug: str, home: DemoHome, ports: Ports) -> list[str]:
    """The portal's address, the mail catcher's and the demo token are in the environment."""
    return [f"--slug={slug}", f"--home={home.agencies / slug}", f"--port={ports.agencies[slug]}"]
