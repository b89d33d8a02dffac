# SPDX-License-Identifier: Apache-2.0
"""One act, in a process of its own, holds in every web process within a minute (safety rule 24)."""

import subprocess
import sys
import time
import urllib.request

import pytest

from tests.running_demo import RunningDemo

pytestmark = pytest.mark.slow

AGENCY = "Kantor Pajak Nusa"
# Each on a connection of its own, so that both web processes are asked.
ASKED = 20


def count_shown(portal: str) -> int:
    shown = 0
    for _ in range(ASKED):
        with urllib.request.urlopen(f"{portal}/services/", timeout=30) as answer:
            shown += AGENCY in answer.read().decode()
    return shown


def test_safety_24_a_suspension_holds_in_every_process_within_sixty_seconds(tmp_path):
    with RunningDemo(tmp_path / "home") as demo:
        portal = demo.content["portal"]["url"]
        assert count_shown(portal) == ASKED

        done = subprocess.run(
            [
                *(sys.executable, "-P", "-m", "satupintu.config.command"),
                *("suspend", "agency", "tax", "--reason", "Its keys were stolen."),
            ],
            env=demo.environment,
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        began = time.monotonic()
        while count_shown(portal) and time.monotonic() - began < 60:
            time.sleep(1)

        assert count_shown(portal) == 0
