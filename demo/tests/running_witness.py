# SPDX-License-Identifier: Apache-2.0
"""The witness as the demo runs it: a program of its own on a free loopback port."""

import contextlib
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import httpx

from demo.tests.running_agency import ROOT, clean_environment, find_free_port


@contextlib.contextmanager
def run_witness(home: Path) -> Iterator[str]:
    """Its address, until the block ends."""
    port = find_free_port()
    home.mkdir(exist_ok=True)
    command = [sys.executable, "-m", "demo.witness", "serve"]
    with (home / "serve.log").open("w") as log:
        program = subprocess.Popen(
            [*command, "--home", str(home), "--port", str(port)],
            cwd=ROOT,
            env=clean_environment(),
            stdout=log,
            stderr=subprocess.STDOUT,
        )
        try:
            url = f"http://127.0.0.1:{port}"
            deadline = time.monotonic() + 30
            while True:
                with contextlib.suppress(httpx.TransportError):
                    if httpx.get(f"{url}/key", timeout=2).status_code == 200:
                        break
                assert program.poll() is None, (home / "serve.log").read_text()
                assert time.monotonic() < deadline, "the witness did not start"
                time.sleep(0.05)
            yield url
        finally:
            program.terminate()
            program.wait(timeout=10)
