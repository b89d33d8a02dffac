# SPDX-License-Identifier: Apache-2.0
"""An agency of the tests: a real HTTP server on loopback that speaks the contract, and can be
slow, absent or confused on purpose. tests/contracts holds it to the published contract."""

import json
import secrets
import socket
import threading
import time
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

QUESTIONS = [
    {
        "id": "tax_number",
        "label": {"id": "Nomor pajak", "en": "Tax number"},
        "hint": {"id": "15 angka", "en": "15 digits"},
        "kind": "number",
        "max_length": 40,
    },
    {
        "id": "born_on",
        "label": {"id": "Tanggal lahir", "en": "Date of birth"},
        "hint": {"id": "Contoh: 17 8 1988", "en": "For example 17 8 1988"},
        "kind": "date",
        "max_length": 40,
    },
]
RIGHT_ANSWERS = {"tax_number": "12.345.678.9-012.345", "born_on": "1988-08-17"}


@dataclass
class Call:
    method: str
    path: str
    body: dict
    authorization: str


@dataclass
class FakeAgency:
    """`codes`: code -> (record_ref, record_hint). `fault`: what goes wrong with every call whose
    path starts with `fault_at`, from "slow" to "html"; None: nothing. `sent_code` is what an
    enquiry sends."""

    codes: dict[str, tuple[str, str]] = field(default_factory=dict)
    sent_code: str = "9999AAAABBBB"
    channel: str = "email"
    fault: str | None = None
    fault_at: str = "/"
    faults_left: int = 1_000_000
    slow_seconds: float = 3
    calls: list[Call] = field(default_factory=list)
    matches: dict[str, str] = field(default_factory=dict)
    links: dict[str, tuple[str, str]] = field(default_factory=dict)  # subject: (link_id, ref)
    used: set[str] = field(default_factory=set)
    notices: dict[str, dict] = field(default_factory=dict)  # notice_id: body
    questions: dict[str, dict] = field(default_factory=dict)  # question_id: body
    # link_id: how it stands, since when
    standings: dict[str, tuple[str, datetime]] = field(default_factory=dict)
    url: str = ""
    before_answering = None
    lock: threading.RLock = field(default_factory=threading.RLock)

    def count(self, method: str, path_start: str) -> int:
        return sum(c.method == method and c.path.startswith(path_start) for c in self.calls)

    def answer(self, call: Call) -> tuple[int, dict | None]:  # noqa: PLR0911  one line an endpoint
        with self.lock:
            match (call.method, call.path):
                case ("GET", "/linking/questions"):
                    return 200, {"questions": QUESTIONS}
                case ("POST", "/linking/enquiries"):
                    return self.enquire(call.body)
                case ("POST", "/linking/matches"):
                    return self.match_code(call.body)
                case ("POST", "/linking/notices"):
                    return self.take_notice(call.body)
                case ("POST", "/access-questions"):
                    self.questions.setdefault(call.body["question_id"], call.body)
                    return 204, None
                case ("PUT", path) if path.endswith("/standing"):
                    return self.put_standing(path.split("/")[3], call.body)
                case ("PUT", path) if path.startswith("/linking/links/"):
                    return self.put_link(path.rsplit("/", 1)[1], call.body)
                case ("DELETE", path) if path.startswith("/linking/links/"):
                    self.links.pop(path.rsplit("/", 1)[1], None)
                    return 204, None
            return problem(404, "not_found")

    def enquire(self, body):
        if body["answers"] != RIGHT_ANSWERS:
            return problem(404, "no_match")
        self.codes[self.sent_code] = ("ref-sari", "S*** W***")
        masked = "s***@s***.nusa" if self.channel == "email" else "J*** M*** 1***, T***"
        return 201, {
            "enquiry_id": secrets.token_urlsafe(16),
            "sent_to": {"channel": self.channel, "masked": masked},
            "expires_at": (datetime.now(UTC) + timedelta(days=14)).isoformat(),
        }

    def match_code(self, body):
        if body["code"] not in self.codes or body["code"] in self.used:
            return problem(404, "no_match")
        match_id = secrets.token_urlsafe(16)
        self.matches[match_id] = body["code"]
        ref, hint = self.codes[body["code"]]
        return 200, {"match_id": match_id, "record_ref": ref, "record_hint": hint}

    def put_link(self, subject, body):
        held = self.links.get(subject)
        if held and held[0] == body["link_id"]:
            return 200, {"record_ref": held[1]}
        code = self.matches.get(body["match_id"])
        if code is None or code in self.used:
            return problem(410, "match_expired")
        if held:
            return problem(409, "subject_taken")
        ref = self.codes[code][0]
        if any(other == ref for _, other in self.links.values()):
            return problem(409, "record_taken")
        self.links[subject] = (body["link_id"], ref)
        self.used.add(code)
        return 201, {"record_ref": ref}

    def take_notice(self, body):
        if body["record_ref"] not in {ref for ref, _hint in self.codes.values()}:
            return problem(404, "unknown_record")
        status = 200 if body["notice_id"] in self.notices else 201
        self.notices.setdefault(body["notice_id"], body)
        return status, {"sent_to": {"channel": "email", "masked": "s***@s***.nusa"}}

    def put_standing(self, subject, body):
        held = self.links.get(subject)
        if held is None or held[0] != body["link_id"]:
            return problem(404, "unknown_link")
        kept = self.standings.get(body["link_id"])
        changed_at = datetime.fromisoformat(body["changed_at"])
        if kept is None or kept[1] < changed_at:
            self.standings[body["link_id"]] = (body["standing"], changed_at)
        return 200, {"standing": self.standings[body["link_id"]][0]}

    def takes_fault(self, path: str) -> str | None:
        with self.lock:
            if self.fault and path.startswith(self.fault_at) and self.faults_left > 0:
                self.faults_left -= 1
                return self.fault
        return None


def problem(status: int, code: str, **more) -> tuple[int, dict]:
    return status, {
        "type": f"urn:satupintu:problem:{code}",
        "title": code,
        "status": status,
        **more,
    }


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    agency: FakeAgency

    def log_message(self, *args):
        pass

    def handle_any(self):
        length = int(self.headers.get("Content-Length") or 0)
        body = json.loads(self.rfile.read(length)) if length else {}
        path = self.path.removeprefix("/api")
        call = Call(self.command, path, body, self.headers.get("Authorization", ""))
        self.agency.calls.append(call)
        try:
            self.respond(call)
        except (BrokenPipeError, ConnectionResetError):
            self.close_connection = True

    do_GET = do_POST = do_PUT = do_DELETE = handle_any  # noqa: N815

    def respond(self, call):
        fault = self.agency.takes_fault(call.path)
        if fault in FAULTS:
            FAULTS[fault](self)
            self.close_connection = True
            return
        status, body = self.agency.answer(call)
        if self.agency.before_answering:
            self.agency.before_answering(call)
        if fault == "slow":  # it did what it was asked, and the answer comes too late
            time.sleep(self.agency.slow_seconds)
        if fault == "closed":
            status, body = problem(429, "closed", retry_after=7200)
        self.send(status, b"" if body is None else json.dumps(body).encode())

    def send(self, status, content, media_type=None, headers=()):
        self.send_response(status)
        if content:
            kind = "application/json" if status < 400 else "application/problem+json"
            self.send_header("Content-Type", media_type or kind)
        if status != 204:
            self.send_header("Content-Length", str(len(content)))
        for name, value in headers:
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(content)


def trickle(handler):
    """One byte of the head now and then: no single wait is long."""
    for byte in b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n" * 40:
        handler.wfile.write(bytes([byte]))
        time.sleep(0.05)


def never_close(handler):
    handler.send_response(200)
    handler.send_header("Content-Type", "application/json")
    handler.send_header("Transfer-Encoding", "chunked")
    handler.end_headers()
    for _ in range(200):
        handler.wfile.write(b"1\r\n \r\n")
        time.sleep(0.05)


FAULTS = {
    "trickle": trickle,
    "never_close": never_close,
    "html": lambda h: h.send(200, b"<html>Maaf</html>", "text/html"),
    "html_404": lambda h: h.send(404, b"<html>Not found</html>", "text/html"),
    "error": lambda h: h.send(500, b"oops", "text/plain"),
    "unauthorized": lambda h: h.send(*_coded(problem(401, "unauthorized"))),
    "not_json": lambda h: h.send(200, b"{", "application/json"),
    "other_json": lambda h: h.send(200, b'{"hello": "world"}', "application/json"),
    "unmasked": lambda h: h.send(
        200,
        b'{"match_id":"m","record_ref":"r","record_hint":"Sari Wulandari"}',
        "application/json",
    ),
    "huge": lambda h: h.send(200, b'{"x": "' + b"x" * 200_000 + b'"}', "application/json"),
    "packed": lambda h: h.send(
        200, b"\x1f\x8b", "application/json", [("Content-Encoding", "gzip")]
    ),
    "redirect": lambda h: h.send(302, b"{}", "application/json", [("Location", "/api/other")]),
    "hang_up": lambda h: h.connection.shutdown(socket.SHUT_RDWR),
    "other_record": lambda h: h.send(200, b'{"record_ref":"ref-other"}', "application/json"),
}


def _coded(answer):
    status, body = answer
    return status, json.dumps(body).encode()


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False


@contextmanager
def run_fake_agency(**options):
    agency = FakeAgency(**options)
    handler = type("Handler", (_Handler,), {"agency": agency})
    server = _Server(("127.0.0.1", 0), handler)
    agency.url = f"http://127.0.0.1:{server.server_port}/api"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield agency
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
