# SPDX-License-Identifier: Apache-2.0
"""CPU of one signed-in home page, ours against a Starlette page with the same SQL.

The person has ten linked agencies, letters that wait and a filled access log. The peer runs the
very statements that our page runs (captured from it), through SQLAlchemy core and a connection
pool. It checks that the session it read is the cookie's, and renders with plain Jinja2 what a
person sees on our page: the same words, looked up in a dictionary, the same dates, the same icons
drawn into the page, the same headers, a form token. Agencies' names are in memory on both sides.
It has no framework around that: no signed session data, no levels of assurance, no permissions,
no choice of language, and its page is one flat template where ours is made of components.

Both are one granian process, both compress at level 6. Counted are the server and every process
of PostgreSQL.
"""

import gzip
import http.client
import json
import sys
from contextlib import ExitStack

from benchmarks.frame import (
    Contender,
    Country,
    Outcome,
    find_free_port,
    measure_cpu,
    open_country,
    run_program,
    serve_portal,
)

ROUNDS = 11
PAGES = 100
WARM_UP = 100


def measure() -> Outcome:
    with ExitStack() as stack:
        country = stack.enter_context(open_country())
        port = find_free_port()
        seeded = json.loads(
            country.run_python("benchmarks.home.seed", public_url=f"http://localhost:{port}")
        )
        pid = stack.enter_context(serve_portal(country, port=port))
        ours = Visitor(port, "/home/", seeded["cookie"])
        peer_port = find_free_port()
        peer_pid = stack.enter_context(_serve_peer(country, seeded, port=peer_port))
        peer = Visitor(peer_port, "/", seeded["cookie"])
        costs = measure_cpu(
            [
                Contender("Satu Pintu", ours.visit, (pid, country.postgres_pid)),
                Contender("Starlette", peer.visit, (peer_pid, country.postgres_pid)),
            ],
            rounds=ROUNDS,
            times=PAGES,
            warm_up=WARM_UP,
        )
        sizes = {"Satu Pintu": ours.size, "Starlette": peer.size}
    return Outcome(
        ratios={"home.vs_starlette": costs["Satu Pintu"] / costs["Starlette"]},
        header=("server and PostgreSQL", "CPU ms per page", "kB of HTML", "statements"),
        rows=[
            (name, f"{cost * 1000:.2f}", f"{sizes[name] / 1000:.1f}", len(seeded["statements"]))
            for name, cost in costs.items()
        ],
        notes=[f"Medians of {ROUNDS} interleaved rounds of {PAGES} pages."],
    )


class Visitor:
    """Opens one page again and again over one connection, and sees that it is the right one."""

    def __init__(self, port: int, path: str, cookie: str) -> None:
        self._connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
        self._path = path
        self._headers = {
            "Host": f"localhost:{port}",
            "Cookie": cookie,
            "Accept-Encoding": "gzip",
            "Accept-Language": "id",
        }
        self.size = 0

    def visit(self) -> None:
        self._connection.request("GET", self._path, headers=self._headers)
        answer = self._connection.getresponse()
        body = answer.read()
        if answer.status != 200:
            raise RuntimeError(f"{answer.status} at {self._path}")
        page = gzip.decompress(body)
        if b"Sari Wulandari" not in page or page.count(b'class="card service"') < 10:
            raise RuntimeError(f"not the home page at {self._path}")
        self.size = len(page)


def _serve_peer(country: Country, seeded: dict, *, port: int):
    statements = country.folder / "statements.json"
    statements.write_text(json.dumps(seeded["statements"]), "utf-8")
    command = [
        *(sys.executable, "-m", "granian", "--interface", "asgi", "--host", "127.0.0.1"),
        *("--port", str(port), "--workers", "1", "--log-level", "warning"),
        "benchmarks.home.peer:app",
    ]
    env = country.env() | {"PEER_STATEMENTS": str(statements)}
    return run_program(command, env=env, log=country.folder / "peer.log", port=port)
