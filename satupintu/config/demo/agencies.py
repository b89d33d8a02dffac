# SPDX-License-Identifier: Apache-2.0
"""The agencies of the made-up country, as the supervisor runs them: programs of their own, known
only by their command `python -m demo.agency`."""

import json
import subprocess
from pathlib import Path
from typing import Any

from .home import DemoHome, HomeRefusal, Ports
from .supervisor import Errand, python

TIMEOUT_SECONDS = 30


def list_agencies() -> list[str]:
    """Slugs, the national ones first."""
    done = subprocess.run(  # noqa: S603
        python("-m", "demo.agency", "list"),
        capture_output=True,
        text=True,
        timeout=TIMEOUT_SECONDS,
        check=False,
    )
    return _read(done.returncode, done.stdout, done.stderr)


def client_id_for(slug: str) -> str:
    """Chosen by us, so that an agency and the portal can be prepared side by side."""
    return f"{slug}-nusa"


def serve_command(slug: str, *, home: DemoHome, ports: Ports, token: str) -> list[str]:
    return python("-m", "demo.agency", "serve", slug, *_settings(slug, home, ports, token))


def describe_agency(
    slug: str, *, home: DemoHome, ports: Ports, token: str, environment: dict[str, str]
) -> Errand:
    """Ask what the portal must know of it, and for each demo person a fresh linking code.

    Makes the register of residents when there is none yet. `read_description` reads the answer.
    """
    command = python("-m", "demo.agency", "describe", slug, *_settings(slug, home, ports, token))
    return Errand(command, environment=environment)


def read_description(errand: Errand) -> dict[str, Any]:
    return _read(errand.process.returncode, *errand.read())


def folder_for(slug: str, *, home: DemoHome) -> Path:
    return home.agencies / slug


def _settings(slug: str, home: DemoHome, ports: Ports, token: str) -> list[str]:
    return [
        f"--home={folder_for(slug, home=home)}",
        f"--port={ports.agencies[slug]}",
        f"--issuer=http://localhost:{ports.portal}",
        f"--client-id={client_id_for(slug)}",
        f"--smtp-url=smtp://127.0.0.1:{ports.smtp}",
        f"--demo-token={token}",
    ]


def _read(returncode: int, out: str, err: str) -> Any:
    if returncode:
        said = err.strip().splitlines() or ["no reason given"]
        raise HomeRefusal(f"An agency could not be prepared: {said[-1]}")
    return json.loads(out)
