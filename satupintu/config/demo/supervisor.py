# SPDX-License-Identifier: Apache-2.0
"""Children: started, watched, started again when they die, and ended with us.

Each child leads a session of its own, so that one signal reaches everything it started, and is
leashed to this process, so that the kernel ends it when we are killed without a word.
"""

import os
import select
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from satupintu.foundation.postgres import EmbeddedPostgres, leash

# Together less than the five seconds within which everything must have ended.
GRACE_SECONDS = 2.5
DATABASE_GRACE_SECONDS = 1.0
FIRST_DELAY_SECONDS = 0.5
LONGEST_DELAY_SECONDS = 30.0
# Who ran this long has recovered: the next death begins with the shortest delay again.
RECOVERED_AFTER_SECONDS = 60.0
LARGEST_LOG = 5 * 1024 * 1024


@dataclass
class Child:
    name: str
    command: list[str]
    environment: dict[str, str]
    log: Path
    # What the kernel sends when we are killed without a word and nobody is left to insist.
    last_signal: signal.Signals = signal.SIGTERM
    process: subprocess.Popen[bytes] | None = None
    started_at: float = 0.0
    delay: float = FIRST_DELAY_SECONDS
    due_at: float | None = None
    deaths: int = 0

    @property
    def pid(self) -> int | None:
        return self.process.pid if self.process is not None else None

    def start(self) -> None:
        self.log.parent.mkdir(mode=0o700, exist_ok=True)
        if self.log.exists() and self.log.stat().st_size > LARGEST_LOG:
            self.log.replace(self.log.with_suffix(".log.1"))
        with self.log.open("ab") as log:
            self.log.chmod(0o600)
            self.process = subprocess.Popen(  # noqa: S603
                self.command,
                env=self.environment,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
                preexec_fn=leash(self.last_signal),  # noqa: PLW1509
            )
        self.started_at = time.monotonic()
        self.due_at = None

    def signal_group(self, signal_number: signal.Signals) -> None:
        if self.process is None:
            return
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(self.process.pid, signal_number)


class Errand:
    """A program that runs to its end and answers on its standard output."""

    def __init__(
        self, command: list[str], *, environment: dict[str, str], given: bytes = b""
    ) -> None:
        self._out = tempfile.TemporaryFile()  # noqa: SIM115
        self._err = tempfile.TemporaryFile()  # noqa: SIM115
        given_file = tempfile.TemporaryFile()  # noqa: SIM115
        given_file.write(given)
        given_file.seek(0)
        self.process = subprocess.Popen(  # noqa: S603
            command,
            env=environment,
            stdin=given_file,
            stdout=self._out,
            stderr=self._err,
            start_new_session=True,
            preexec_fn=leash(signal.SIGKILL),  # noqa: PLW1509
        )
        given_file.close()

    def read(self) -> tuple[str, str]:
        """What it said on standard output and on standard error. Once only."""
        said = []
        for file in (self._out, self._err):
            file.seek(0)
            said.append(file.read().decode(errors="replace"))
        self._close()
        return said[0], said[1]

    def abandon(self) -> None:
        """End it; nobody wants its answer any more."""
        if self.process.poll() is None:
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()
        self._close()

    def _close(self) -> None:
        self._out.close()
        self._err.close()


class Interrupted(Exception):
    """Asked to stop before everything had started."""


@dataclass
class Supervisor:
    """`say` prints one line for the person; `changed` is called when a process id changed."""

    say: Callable[[str], None]
    changed: Callable[[], object] = lambda: None
    database: EmbeddedPostgres | None = None
    children: list[Child] = field(default_factory=list)
    stopping: bool = False
    impatient: bool = False

    def __post_init__(self) -> None:
        self._wake, self._waker = os.pipe()
        os.set_blocking(self._wake, False)
        os.set_blocking(self._waker, False)

    # --- Signals ----------------------------------------------------------------------------------

    def listen(self) -> None:
        """From here on Ctrl-C, SIGTERM and a closed terminal end everything, tidily."""
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, self._ask_to_stop)
        # Without a handler of its own a child's end would not wake the loop below.
        signal.signal(signal.SIGCHLD, lambda _number, _frame: None)
        signal.set_wakeup_fd(self._waker, warn_on_full_buffer=False)

    def _ask_to_stop(self, _number: int, _frame: object) -> None:
        self.impatient = self.stopping
        self.stopping = True

    def pause(self, seconds: float) -> None:
        """Sleep, but wake for a signal."""
        select.select([self._wake], [], [], max(0.0, seconds))
        with suppress(BlockingIOError):
            while os.read(self._wake, 512):
                pass

    # --- Life -------------------------------------------------------------------------------------

    def add(
        self,
        name: str,
        command: list[str],
        environment: dict[str, str],
        log: Path,
        *,
        last_signal: signal.Signals = signal.SIGTERM,
    ) -> Child:
        child = Child(name, command, environment, log, last_signal)
        self.children.append(child)
        child.start()
        return child

    def await_errands(self, errands: list[Errand]) -> None:
        """Until all have ended. Raises Interrupted, with none left, when asked to stop."""
        try:
            while any(errand.process.poll() is None for errand in errands):
                self.go_on_or_stop()
                self.look_after()
                self.pause(0.5)
        except BaseException:
            for errand in errands:
                errand.abandon()
            raise

    def go_on_or_stop(self) -> None:
        """Raises Interrupted once somebody asked to stop."""
        if self.stopping:
            raise Interrupted

    def watch(self) -> None:
        """Until asked to stop."""
        while not self.stopping:
            self.look_after()
            waits = [child.due_at for child in self.children if child.due_at is not None]
            self.pause(min([*waits, time.monotonic() + 5.0]) - time.monotonic())

    def look_after(self) -> None:
        """Notice who died, and start again who is due."""
        self._look_after_database()
        now = time.monotonic()
        for child in self.children:
            if child.process is not None and child.process.poll() is not None:
                self._note_death(child, now)
            if child.due_at is not None and child.due_at <= now:
                child.start()
                self.changed()

    def _note_death(self, child: Child, now: float) -> None:
        # Whoever it had started must not go on without it, holding its port.
        child.signal_group(signal.SIGKILL)
        if now - child.started_at > RECOVERED_AFTER_SECONDS:
            child.delay = FIRST_DELAY_SECONDS
        code = child.process.returncode if child.process is not None else 0
        child.process = None
        child.deaths += 1
        child.due_at = now + child.delay
        self.say(
            f"{child.name} ended ({_describe_exit(code)}): started again in {child.delay:g} s;"
            f" its words are in {child.log}"
        )
        child.delay = min(child.delay * 2, LONGEST_DELAY_SECONDS)

    def _look_after_database(self) -> None:
        database = self.database
        if database is None or database.process is None or database.process.poll() is None:
            return
        self.say(f"PostgreSQL ended ({_describe_exit(database.process.returncode)}): started again")
        database.process = None
        database.start()
        self.changed()

    def stop(self) -> None:
        """Everybody is asked, then told; the database goes last, when nobody writes any more."""
        for child in self.children:
            child.signal_group(signal.SIGTERM)
        deadline = time.monotonic() + GRACE_SECONDS
        while any(self._is_alive(child) for child in self.children):
            if self.impatient or time.monotonic() > deadline:
                break
            self.pause(min(0.1, deadline - time.monotonic()))
        for child in self.children:
            child.signal_group(signal.SIGKILL)
            if child.process is not None:
                child.process.wait()
        if self.database is not None:
            self.database.stop(timeout=DATABASE_GRACE_SECONDS)

    @staticmethod
    def _is_alive(child: Child) -> bool:
        return child.process is not None and child.process.poll() is None


def _describe_exit(code: int) -> str:
    if code >= 0:
        return f"exit code {code}"
    try:
        return signal.Signals(-code).name
    except ValueError:
        return f"signal {-code}"


def python(*arguments: str) -> list[str]:
    """A command for this interpreter, deaf to whatever lies in the current folder (-P)."""
    return [sys.executable, "-P", *arguments]
