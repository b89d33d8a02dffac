# SPDX-License-Identifier: Apache-2.0
"""What an append to the access log costs with its proofs, against a bare INSERT of the same words;
and whether a person's page stays as quick when her log is long.

An append is `record_access`: salt, commitment and row in one statement, committed by itself. Four
writers append at once, each a process with a connection of its own; beside them a fifth gives the
rows their leaves in the Merkle tree, as the worker does, until none waits, and signs the head. All of
that is counted: writers, sequencer and every process of PostgreSQL. The bare INSERT writes the
same words into a table with the same key and the same index for the person's page, by psycopg alone,
and is the limit: no salt, no commitment, no tree, no framework.

CPU decides, because the clock of a shared machine says little: what two cores carry is two seconds
divided by the CPU seconds of one append. The clock's own figure stands beside it.
"""

import http.client
import json
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager

from benchmarks.frame import (
    ROOT,
    Contender,
    Country,
    Outcome,
    find_free_port,
    measure_cpu,
    open_country,
    serve_portal,
)

ROUNDS = 7
APPENDS = 2_000
WRITERS = 4
CORES = 2
WANTED_PER_SECOND = 2_000
PAGES = 60
PAGE_ROUNDS = 9


class Crew:
    """Processes that each do their share of one piece of work, and the time it took by the clock."""

    def __init__(self, processes: Sequence[subprocess.Popen[str]], orders: Sequence[str]) -> None:
        self._processes = processes
        self._orders = orders
        self.seconds: list[float] = []

    @property
    def pids(self) -> list[int]:
        return [process.pid for process in self._processes]

    def work(self) -> None:
        began = time.monotonic()
        for process, order in zip(self._processes, self._orders, strict=True):
            print(order, file=process.stdin, flush=True)
        for process in self._processes:
            if process.stdout.readline().strip() != "done":
                raise RuntimeError("a writer gave up; what it said stands above")
        self.seconds.append(time.monotonic() - began)

    @property
    def per_second(self) -> float:
        """By the clock, of the rounds that were counted."""
        return APPENDS / statistics.median(self.seconds[-ROUNDS:])


def measure() -> Outcome:
    with ExitStack() as stack:
        country = stack.enter_context(open_country())
        port = find_free_port()
        seeded = json.loads(
            country.run_python("benchmarks.accesslog.seed", public_url=f"http://localhost:{port}")
        )
        share = APPENDS // WRITERS
        crews = {
            "ours": stack.enter_context(
                _hire(
                    country,
                    [*["append"] * WRITERS, "sequence"],
                    [*[str(share)] * WRITERS, str(APPENDS)],
                )
            ),
            "alone": stack.enter_context(
                _hire(country, ["append", "sequence"], [str(APPENDS), str(APPENDS)])
            ),
            "bare": stack.enter_context(
                _hire(country, ["insert"] * WRITERS, [str(share)] * WRITERS)
            ),
        }
        costs = measure_cpu(
            [
                Contender(name, crew.work, [*crew.pids, country.postgres_pid])
                for name, crew in crews.items()
            ],
            rounds=ROUNDS,
            times=1,
            warm_up=1,
        )
        pages = _measure_pages(stack, country, seeded, port=port)
    costs = {name: cost / APPENDS for name, cost in costs.items()}
    carried = {name: CORES / cost for name, cost in costs.items()}
    words = {
        "ours": f"Access log, {WRITERS} writers and the tree",
        "alone": "Access log, 1 writer and the tree",
        "bare": f"Bare INSERT, {WRITERS} writers (the limit)",
    }
    return Outcome(
        ratios={
            "accesslog.vs_insert": carried["ours"] / carried["bare"],
            "accesslog.vs_2000_per_second": carried["ours"] / WANTED_PER_SECOND,
            "accesslog.page_large_vs_small": pages["10,000 entries"] / pages["10 entries"],
        },
        header=["one append / one page", "CPU ms", "per second on two cores", "by the clock"],
        rows=[
            *(
                [
                    words[name],
                    f"{cost * 1000:.3f}",
                    f"{carried[name]:.0f}",
                    f"{crews[name].per_second:.0f}",
                ]
                for name, cost in costs.items()
            ),
            *([f"Page, {name}", f"{cost * 1000:.2f}", "", ""] for name, cost in pages.items()),
        ],
        notes=[
            f"{ROUNDS} rounds of {APPENDS} appends, {PAGE_ROUNDS} rounds of {PAGES} pages, medians.",
            "Four writers at once against one: none waits for another, nor for the tree.",
        ],
    )


@contextmanager
def _hire(country: Country, kinds: Sequence[str], orders: Sequence[str]) -> Iterator[Crew]:
    processes = [
        subprocess.Popen(
            [sys.executable, "-m", "benchmarks.accesslog.writer", kind],
            cwd=ROOT,
            env=country.env(),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        for kind in kinds
    ]
    try:
        yield Crew(processes, orders)
    finally:
        for process in processes:
            process.stdin.close()
        for process in processes:
            process.wait(30)


def _measure_pages(
    stack: ExitStack, country: Country, seeded: dict[str, str], *, port: int
) -> dict[str, float]:
    pid = stack.enter_context(serve_portal(country, port=port))
    readers = {
        "10 entries": Reader(port, seeded["small"], lines=10),
        "10,000 entries": Reader(port, seeded["large"], lines=20),
    }
    return measure_cpu(
        [
            Contender(name, reader.visit, [pid, country.postgres_pid])
            for name, reader in readers.items()
        ],
        rounds=PAGE_ROUNDS,
        times=PAGES,
        warm_up=PAGES,
    )


class Reader:
    """Opens her own log again and again over one connection, and sees that it is the right one."""

    def __init__(self, port: int, cookie: str, *, lines: int) -> None:
        self._connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
        self._headers = {
            "Host": f"localhost:{port}",
            "Cookie": cookie,
            "Accept-Language": "id",
        }
        self._lines = lines

    def visit(self) -> None:
        self._connection.request("GET", "/home/access-log/", headers=self._headers)
        answer = self._connection.getresponse()
        page = answer.read().decode()
        if answer.status != 200 or page.count("melihat alamat Anda, untuk") != self._lines:
            raise RuntimeError(f"{answer.status}: not the log that was wanted")
