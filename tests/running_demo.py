# SPDX-License-Identifier: Apache-2.0
"""A whole demo for a test: started on free ports in a folder of its own, ended with the test.

with RunningDemo(folder) as demo:
    demo.content["portal"]["url"]
"""

import json
import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import Any, Self

READY_SECONDS = 120


class DemoDidNotStart(AssertionError):
    """It ended, or was not ready in time; carries what it printed."""


class RunningDemo:
    def __init__(
        self,
        home: Path,
        *arguments: str,
        command: tuple[str, ...] = (sys.executable, "-P", "-m", "satupintu.config.command"),
        environment: dict[str, str] | None = None,
        cwd: Path | None = None,
    ) -> None:
        self.home = home
        self.command = [*command, "demo", *(arguments or ("--port", "0"))]
        # Nothing of the test run itself: its database, its settings.
        kept = {
            name: value
            for name, value in os.environ.items()
            if not name.startswith(("SATUPINTU_", "DJANGO_")) and name != "DATABASE_URL"
        }
        # In its own folder a demo needs to be told nothing.
        told = (
            {} if cwd is not None and home == cwd / ".satupintu" else {"SATUPINTU_HOME": str(home)}
        )
        self.environment = {**kept, **told, **(environment or {})}
        self.cwd = cwd
        self.output: list[str] = []
        self.process: subprocess.Popen[str] | None = None

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    @property
    def content(self) -> dict[str, Any]:
        """demo.json as it is now."""
        return json.loads((self.home / "demo.json").read_text("utf-8"))

    @property
    def said(self) -> str:
        return "".join(self.output)

    def launch(self) -> None:
        """Start it, and do not wait."""
        self.process = subprocess.Popen(
            self.command,
            env=self.environment,
            cwd=self.cwd,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            encoding="utf-8",
            start_new_session=True,
        )
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def start(self) -> None:
        """Raises DemoDidNotStart."""
        self.launch()
        try:
            self.wait_to_hear("Ctrl-C ends it", seconds=READY_SECONDS)
        except DemoDidNotStart:
            self.stop()
            raise

    def wait_to_hear(self, words: str, *, seconds: float) -> None:
        deadline = time.monotonic() + seconds
        while words not in self.said:
            if self.process is None or self.process.poll() is not None:
                self._reader.join(5)
                if words in self.said:
                    return
                raise DemoDidNotStart(f"it ended before saying {words!r}:\n{self.said}")
            if time.monotonic() > deadline:
                raise DemoDidNotStart(f"{words!r} was not said in {seconds} s:\n{self.said}")
            time.sleep(0.05)

    def stop(self, signal_number: signal.Signals = signal.SIGTERM) -> float:
        """Answers how many seconds it took. A demo that outlives 20 s is killed."""
        if self.process is None:
            return 0.0
        began = time.monotonic()
        if self.process.poll() is None:
            self.process.send_signal(signal_number)
        try:
            self.process.wait(20)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        took = time.monotonic() - began
        self._reader.join(5)
        return took

    def _read(self) -> None:
        assert self.process is not None
        assert self.process.stdout is not None
        with self.process.stdout as lines:
            for line in lines:
                self.output.append(line)


def is_running(pid: int) -> bool:
    """A zombie has ended; it only waits to be counted."""
    try:
        state = Path(f"/proc/{pid}/stat").read_text("ascii").rpartition(")")[2].split()[0]
    except (FileNotFoundError, ProcessLookupError):
        return False
    return state not in {"Z", "X"}


def list_processes_of(home: Path) -> list[int]:
    """Every process that was started for this folder, however deep."""
    found = []
    for entry in Path("/proc").iterdir():
        if not entry.name.isdigit() or int(entry.name) == os.getpid():
            continue
        try:
            environment = (entry / "environ").read_bytes()
            command = (entry / "cmdline").read_bytes()
        except OSError:
            continue
        named = os.fsencode(home)
        of_home = b"SATUPINTU_HOME=" + named + b"\0" in environment or named in command
        if of_home and is_running(int(entry.name)):
            found.append(int(entry.name))
    return found
