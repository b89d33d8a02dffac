# SPDX-License-Identifier: Apache-2.0
"""Accepted messages per CPU second, server and PostgreSQL together, through the agency API;
against a bare Starlette + psycopg endpoint that checks a bearer token by the same query and makes
the same inserts in one transaction. The loop that only inserts and commits is the limit.
"""

import json
import os
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.client import HTTPConnection
from uuid import uuid4

from benchmarks.frame import (
    ROOT,
    Contender,
    Country,
    Outcome,
    find_free_port,
    measure_cpu,
    open_country,
    run_program,
    serve_portal,
)
from benchmarks.inbox.bare import Inserter

ROUNDS = 7
REQUESTS = 400
CONNECTIONS = 4
BODY = "Ibu Sari Wulandari,\n\n" + "Kami menyetujui pengembalian sebesar **Rp1.250.000**. " * 18


@dataclass(frozen=True)
class Sender:
    """Agencies that send at the same time, each over a connection that stays open."""

    port: int
    token: str
    subjects: list[str]

    def work(self) -> None:
        failures: list[str] = []
        threads = [
            threading.Thread(target=self._send, args=[REQUESTS // CONNECTIONS, failures])
            for _ in range(CONNECTIONS)
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        if failures:
            raise RuntimeError(failures[0])

    def _send(self, count: int, failures: list[str]) -> None:
        connection = HTTPConnection("127.0.0.1", self.port, timeout=30)
        for number in range(count):
            message = {
                "subject": self.subjects[number % len(self.subjects)],
                "title": "Pengembalian pajak Anda disetujui",
                "body": BODY,
                "language": "id",
            }
            connection.request(
                "POST",
                "/api/v1/messages",
                body=json.dumps(message),
                headers={
                    "Host": f"localhost:{self.port}",
                    "Authorization": f"Bearer {self.token}",
                    "Content-Type": "application/json",
                    "Idempotency-Key": str(uuid4()),
                },
            )
            response = connection.getresponse()
            answer = response.read()
            if response.status != 201:
                failures.append(f"{response.status} {answer[:300]!r}")
                return
        connection.close()


def measure() -> Outcome:
    with open_country() as country:
        ours, theirs = find_free_port(), find_free_port()
        seeded = json.loads(
            country.run_python("benchmarks.inbox.seed", public_url=f"http://localhost:{ours}")
        )
        bare_command = [
            *(sys.executable, "-m", "granian", "--interface", "asgi", "--workers", "1"),
            *("--host", "127.0.0.1", "--port", str(theirs), "--no-ws"),
            "benchmarks.inbox.bare:app",
        ]
        bare_env = country.env() | {"PYTHONPATH": str(ROOT)}
        with (
            serve_portal(country, port=ours) as portal,
            run_program(
                bare_command, env=bare_env, log=country.folder / "bare.log", port=theirs
            ) as bare,
            _open_limit(country, seeded["subjects"]) as limit,
        ):
            contenders = [
                Contender(
                    name,
                    Sender(port, seeded["token"], seeded["subjects"]).work,
                    [pid, country.postgres_pid],
                )
                for name, port, pid in (("portal", ours, portal), ("starlette", theirs, bare))
            ]
            costs = measure_cpu([*contenders, limit], rounds=ROUNDS, times=1, warm_up=1)
    costs = {name: cost / REQUESTS for name, cost in costs.items()}
    words = {
        "portal": "Portal: Django, ninja, granian",
        "starlette": "Bare Starlette + psycopg, granian",
        "limit": "Limit: insert and commit, no HTTP",
    }
    return Outcome(
        ratios={"inbox.vs_starlette": costs["starlette"] / costs["portal"]},
        header=["one message", "CPU ms", "messages per CPU second", "share of Starlette"],
        rows=[
            [
                words[name],
                f"{cost * 1000:.2f}",
                f"{1 / cost:.0f}",
                f"{costs['starlette'] / cost:.2f}",
            ]
            for name, cost in costs.items()
        ],
        notes=[f"{ROUNDS} rounds of {REQUESTS} messages over {CONNECTIONS} connections, medians."],
    )


@contextmanager
def _open_limit(country: Country, subjects: list[str]) -> Iterator[Contender]:
    """The same inserts by one process with one connection, and nothing around them."""
    inserter = Inserter.connect(country.database_url)

    def work() -> None:
        for number in range(REQUESTS):
            inserter.insert(subjects[number % len(subjects)], str(uuid4()), BODY)

    try:
        yield Contender("limit", work, [os.getpid(), country.postgres_pid])
    finally:
        inserter.close()
