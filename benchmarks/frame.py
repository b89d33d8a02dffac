# SPDX-License-Identifier: Apache-2.0
"""What every benchmark uses: processes and their CPU, interleaved rounds, a place to run in.

A benchmark is a module or package `benchmarks.<name>` with a function `measure() -> Outcome`.
Its budgets stand in budgets.toml under the names of its ratios.
"""

import os
import shutil
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[1]
NODE = Path(sys.executable).with_name("node")
_TICK = os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True)
class Outcome:
    """Ratios by name, and the lines of a table that shows where they come from."""

    ratios: Mapping[str, float]
    header: Sequence[str]
    rows: Sequence[Sequence[str]]
    notes: Sequence[str] = ()


# --- CPU --------------------------------------------------------------------------------------------


def read_cpu(*roots: int) -> float:
    """CPU seconds of these processes and all that they started, user and system together.

    What a child used before it ended is in its parent's account, so nothing is lost.
    """
    stats = _read_stats()
    ticks = sum(sum(map(int, stats[pid][11:15])) for pid in _follow(stats, roots))
    return ticks / _TICK


def list_tree(*roots: int) -> set[int]:
    """These processes and all that they started."""
    return _follow(_read_stats(), roots)


def _read_stats() -> dict[int, list[str]]:
    """What /proc says of every process, from the state on (proc(5)); [1] is the parent."""
    stats = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                # The name may hold spaces and brackets; what follows it does not.
                stats[int(entry.name)] = (entry / "stat").read_text().rpartition(")")[2].split()
            except OSError:
                continue
    return stats


def _follow(stats: Mapping[int, Sequence[str]], roots: Sequence[int]) -> set[int]:
    wanted, found = set(roots), True
    while found:
        found = {pid for pid, fields in stats.items() if int(fields[1]) in wanted} - wanted
        wanted |= found
    return wanted & stats.keys()


@dataclass(frozen=True)
class Contender:
    """One of those that are compared: how to work once, and whose CPU that costs."""

    name: str
    work: Callable[[], None]
    pids: Sequence[int]


def measure_cpu(
    contenders: Sequence[Contender], *, rounds: int, times: int, warm_up: int
) -> dict[str, float]:
    """Median CPU seconds of one piece of work, by name.

    The rounds of all contenders alternate, so that a machine that slows down slows down all.
    """
    for contender in contenders:
        for _ in range(warm_up):
            contender.work()
    costs: dict[str, list[float]] = {contender.name: [] for contender in contenders}
    for number in range(rounds):
        order = contenders if number % 2 == 0 else tuple(reversed(contenders))
        for contender in order:
            before = read_cpu(*contender.pids)
            for _ in range(times):
                contender.work()
            costs[contender.name].append((read_cpu(*contender.pids) - before) / times)
    return {name: statistics.median(values) for name, values in costs.items()}


# --- A place to run in ---------------------------------------------------------------------------


@contextmanager
def open_folder() -> Iterator[Path]:
    """A folder for one run, gone afterwards."""
    folder = Path(tempfile.mkdtemp(prefix="satupintu-bench-"))
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def find_free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


@contextmanager
def run_program(
    command: Sequence[str | Path], *, env: Mapping[str, str], log: Path, port: int
) -> Iterator[int]:
    """Start a server, wait until its port answers, give its process id, end it afterwards."""
    with log.open("wb") as output:
        process = subprocess.Popen(
            command, cwd=ROOT, env=dict(env), stdout=output, stderr=subprocess.STDOUT
        )
    try:
        _wait_for_port(port, process, log)
        yield process.pid
    finally:
        process.terminate()
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _wait_for_port(port: int, process: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + 300  # a busy machine is no failure
    while time.monotonic() < deadline and process.poll() is None:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            time.sleep(0.1)
        else:
            return
    raise RuntimeError(f"nothing answers on port {port}:\n{log.read_text(errors='replace')}")


@dataclass(frozen=True)
class Country:
    """A folder with a PostgreSQL and a migrated portal database, and the environment for both."""

    folder: Path
    database_url: str
    postgres_pid: int

    def env(self, *, public_url: str = "http://localhost:8000") -> dict[str, str]:
        """The environment of a program of the portal, with the settings of every installation;
        SATUPINTU_DEMO only stands in for https and secrets."""
        kept = {k: v for k, v in os.environ.items() if not k.startswith(("SATUPINTU_", "DJANGO_"))}
        return kept | {
            "SATUPINTU_HOME": str(self.folder),
            "SATUPINTU_DEMO": "1",
            "SATUPINTU_PUBLIC_URL": public_url,
            "DATABASE_URL": self.database_url,
            "DJANGO_SETTINGS_MODULE": "satupintu.config.settings",
        }

    def run_python(self, module: str, *arguments: str, public_url: str) -> str:
        """Run a module in this country to its end; answers what it printed."""
        done = subprocess.run(
            [sys.executable, "-m", module, *arguments],
            cwd=ROOT,
            env=self.env(public_url=public_url),
            stdout=subprocess.PIPE,
            text=True,
            check=True,
        )
        return done.stdout


@contextmanager
def open_country() -> Iterator[Country]:
    """A fresh one, gone afterwards."""
    from satupintu.foundation.postgres import EmbeddedPostgres  # noqa: PLC0415

    with open_folder() as folder:
        server = EmbeddedPostgres(folder / "postgres")
        url = server.start()
        try:
            country = Country(folder=folder, database_url=url, postgres_pid=server.pid or 0)
            public_url = "http://localhost:8000"
            country.run_python("django", "migrate", "--verbosity", "0", public_url=public_url)
            quiet = ("--noinput", "--verbosity", "0")
            country.run_python("django", "collectstatic", *quiet, public_url=public_url)
            yield country
        finally:
            server.stop()


@contextmanager
def serve_portal(country: Country, *, port: int, workers: int = 1) -> Iterator[int]:
    """The portal's web program as it runs everywhere; gives its process id."""
    command = [
        *(sys.executable, "-m", "satupintu.config.command", "web"),
        *("--port", str(port), "--workers", str(workers)),
    ]
    env = country.env(public_url=f"http://localhost:{port}")
    with run_program(command, env=env, log=country.folder / "web.log", port=port) as pid:
        yield pid
