# SPDX-License-Identifier: Apache-2.0
"""An agency's site that hears of sign-outs, over real HTTP on loopback."""

import contextlib
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs


@dataclass
class Site:
    url: str = ""
    # One for each call, the last one for all that follow; 0 is silence.
    statuses: list[int] = field(default_factory=lambda: [200])
    heard: list[dict] = field(default_factory=list)

    @property
    def tokens(self) -> list[str]:
        return [form["logout_token"][0] for form in self.heard]


@contextlib.contextmanager
def run_site() -> Iterator[Site]:
    site = Site()

    class Handler(BaseHTTPRequestHandler):
        def log_message(self, *_args: object) -> None:
            pass

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"])).decode()
            site.heard.append(parse_qs(body) | {"type": self.headers["Content-Type"]})
            status = site.statuses.pop(0) if len(site.statuses) > 1 else site.statuses[0]
            if status == 0:
                time.sleep(4)
                return
            self.send_response(status)
            if status == 302:
                self.send_header("Location", site.url)
            self.send_header("Content-Length", "0")
            self.end_headers()

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    site.url = f"http://127.0.0.1:{server.server_port}/backchannel"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    try:
        yield site
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
