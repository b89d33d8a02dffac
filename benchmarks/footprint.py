# SPDX-License-Identifier: Apache-2.0
"""What the portal weighs: memory at rest, and bytes over the wire of a first and a later visit.

Memory is the proportional set size (PSS) of web with two workers, worker and PostgreSQL, after a
few pages and at rest: each shared page of memory is counted once. Bytes are the compressed bodies
that a browser with an empty cache fetches for the front page, and the one body of a later page.
The peers are physical: the limits that a small machine and a slow phone set.
"""

import gzip
import http.client
import json
import re
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from urllib.parse import urljoin

from benchmarks.frame import (
    ROOT,
    Country,
    Outcome,
    find_free_port,
    list_tree,
    open_country,
    serve_portal,
)

MEMORY_LIMIT = 450 * 1024 * 1024
FIRST_VISIT_LIMIT = 90_000
LATER_PAGE_LIMIT = 12_000
REST_SECONDS = 5
# What a page fetches: stylesheets, scripts, preloaded fonts, icons, pictures.
FETCHED = re.compile(r'<(?:link|script|img)\b[^>]*?\b(?:href|src)="([^"]+)"')
IN_STYLES = re.compile(r"url\(\"?'?(?!data:)([^\"')]+)")


def measure() -> Outcome:
    with ExitStack() as stack:
        country = stack.enter_context(open_country())
        port = find_free_port()
        seeded = json.loads(
            country.run_python("benchmarks.home.seed", public_url=f"http://localhost:{port}")
        )
        web = stack.enter_context(serve_portal(country, port=port, workers=2))
        worker = stack.enter_context(_run_worker(country, port=port))
        first = weigh_visit(port, "/")
        later = max(
            weigh_page(port, path, seeded["cookie"]) for path in ("/home/", "/services/", "/inbox/")
        )
        for _ in range(20):
            weigh_page(port, "/home/", seeded["cookie"])
        time.sleep(REST_SECONDS)
        parts = {
            "web, two workers": read_pss(web),
            "worker": read_pss(worker),
            "PostgreSQL": read_pss(country.postgres_pid),
        }
    memory = sum(parts.values())
    return Outcome(
        ratios={
            "memory.vs_450mb": memory / MEMORY_LIMIT,
            "first_visit.vs_90kb": first / FIRST_VISIT_LIMIT,
            "later_page.vs_12kb": later / LATER_PAGE_LIMIT,
        },
        header=("what", "measured", "at most"),
        rows=[
            *((name, f"{size / 1024**2:.0f} MB", "") for name, size in parts.items()),
            ("memory in all (PSS)", f"{memory / 1024**2:.0f} MB", "450 MB"),
            ("first visit, compressed", f"{first / 1000:.1f} kB", "90 kB"),
            ("a later page, compressed", f"{later / 1000:.1f} kB", "12 kB"),
        ],
    )


def read_pss(pid: int) -> int:
    """Bytes of a process and all that it started."""
    total = 0
    for one in list_tree(pid):
        rollup = Path(f"/proc/{one}/smaps_rollup")
        try:
            found = re.search(r"^Pss:\s+(\d+) kB", rollup.read_text(), re.MULTILINE)
        except OSError:
            continue
        total += int(found[1]) * 1024 if found else 0
    return total


def weigh_visit(port: int, path: str) -> int:
    """Bytes of a page and of everything it fetches, each once."""
    page = _fetch(port, path)
    total, seen = page.sent, set()
    waiting = [urljoin(path, found) for found in FETCHED.findall(page.text)]
    while waiting:
        address = waiting.pop()
        if address in seen or not address.startswith("/static/"):
            continue
        seen.add(address)
        answer = _fetch(port, address)
        total += answer.sent
        if address.endswith(".css"):
            waiting += [urljoin(address, found) for found in IN_STYLES.findall(answer.text)]
    return total


def weigh_page(port: int, path: str, cookie: str) -> int:
    return _fetch(port, path, cookie).sent


class _Answer:
    def __init__(self, body: bytes, encoding: str) -> None:
        self.sent = len(body)
        whole = gzip.decompress(body) if encoding == "gzip" else body
        self.text = whole.decode("utf-8", errors="replace")


def _fetch(port: int, path: str, cookie: str = "") -> _Answer:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    headers = {"Host": f"localhost:{port}", "Accept-Encoding": "gzip", "Accept-Language": "id"}
    connection.request("GET", path, headers=headers | ({"Cookie": cookie} if cookie else {}))
    answer = connection.getresponse()
    body = answer.read()
    connection.close()
    if answer.status != 200:
        raise RuntimeError(f"{answer.status} at {path}")
    return _Answer(body, answer.headers.get("Content-Encoding", ""))


@contextmanager
def _run_worker(country: Country, *, port: int) -> Iterator[int]:
    process = subprocess.Popen(
        [sys.executable, "-m", "satupintu.config.command", "worker"],
        cwd=ROOT,
        env=country.env(public_url=f"http://localhost:{port}"),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        yield process.pid
    finally:
        process.terminate()
        process.wait(15)
