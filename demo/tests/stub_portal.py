# SPDX-License-Identifier: Apache-2.0
"""A stand-in for the portal on loopback: keys, discovery, tokens and an inbox that remembers.

It is an outside stand-in: it imports neither the portal nor the agency, and does only what the
published contracts say.
"""

import base64
import contextlib
import json
import threading
import time
import uuid
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

from joserfc import jwt
from joserfc.jwk import ECKey


class StubPortal:
    """Its state is public: a test arranges it before and looks at it after."""

    def __init__(self) -> None:
        self.key = ECKey.generate_key("P-256", parameters={"use": "sig", "alg": "ES256"})
        self.key.ensure_kid()
        self.published_keys = [self.key]
        self.jwks_requests = 0
        self.token_requests: list[dict[str, list[str]]] = []
        # What the next token answer is made from: claims that differ from a good id_token's.
        self.id_token_changes: dict = {}
        self.nonce = ""
        self.subject = "subject-1"
        self.messages: list[dict] = []
        # Statuses that the inbox answers before it begins to work.
        self.trouble: list[int] = []
        # Idempotency keys of all tries, the failed ones too.
        self.attempts: list[str] = []
        # Answers to people's questions, by the address that they came to.
        self.answers: dict[str, dict] = {}
        self.is_down = False
        self.url = ""

    def sign(self, claims: dict, *, key: ECKey | None = None) -> str:
        key = key or self.key
        return jwt.encode({"alg": "ES256", "kid": key.kid}, claims, key, algorithms=["ES256"])

    def make_token(self, *, audience: str, key: ECKey | None = None, **changes: object) -> str:
        """A bearer token as the portal makes them; pass claims to make a bad one."""
        now = int(time.time())
        claims = {
            "iss": self.url,
            "aud": audience,
            "iat": now,
            "exp": now + 60,
            "jti": uuid.uuid4().hex,
            "scope": "linking",
        }
        claims |= changes
        return self.sign({k: v for k, v in claims.items() if v is not None}, key=key)

    def make_id_token(self, *, client_id: str) -> str:
        now = int(time.time())
        claims = {
            "iss": self.url,
            "aud": client_id,
            "sub": self.subject,
            "iat": now,
            "exp": now + 300,
            "auth_time": now,
            "nonce": self.nonce,
            "acr": "urn:satupintu:acr:ip0:al2",
        }
        claims |= self.id_token_changes
        return self.sign({k: v for k, v in claims.items() if v is not None})


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    portal: StubPortal

    def log_message(self, *_args: object) -> None:
        pass

    def answer(self, status: int, body: dict) -> None:
        raw = json.dumps(body).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(raw)))
        self.end_headers()
        self.wfile.write(raw)

    def do_GET(self) -> None:
        portal = self.portal
        path = urlsplit(self.path).path
        if portal.is_down:
            self.answer(503, {})
        elif path == "/.well-known/jwks.json":
            portal.jwks_requests += 1
            keys = [key.as_dict(private=False) for key in portal.published_keys]
            self.answer(200, {"keys": keys})
        elif path == "/.well-known/openid-configuration":
            self.answer(
                200,
                {
                    "issuer": portal.url,
                    "authorization_endpoint": f"{portal.url}/openid/authorize",
                    "token_endpoint": f"{portal.url}/openid/token",
                    "end_session_endpoint": f"{portal.url}/openid/logout",
                    "jwks_uri": f"{portal.url}/.well-known/jwks.json",
                },
            )
        else:
            self.answer(404, {})

    def do_POST(self) -> None:
        raw = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        path = urlsplit(self.path).path
        if path == "/openid/token":
            self.answer_token(parse_qs(raw.decode()))
        elif path == "/api/v1/messages":
            self.answer_message(raw)
        else:
            self.answer(404, {})

    def do_PUT(self) -> None:
        raw = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        path = urlsplit(self.path).path
        if self.portal.trouble:
            self.answer(self.portal.trouble.pop(0), {"type": "urn:satupintu:problem:trouble"})
        elif path.startswith("/api/v1/access-questions/"):
            self.portal.answers[path] = json.loads(raw)
            self.answer(200, {"question_id": path.split("/")[4], "answered": True})
        else:
            self.answer(404, {})

    def answer_token(self, form: dict[str, list[str]]) -> None:
        self.portal.token_requests.append(form)
        token = {"access_token": "good", "token_type": "Bearer", "expires_in": 300}
        if form["grant_type"] == ["authorization_code"]:
            # The client proves itself; a stub may believe it.
            client_id = read_claims(form["client_assertion"][0])["iss"]
            token["id_token"] = self.portal.make_id_token(client_id=client_id)
        self.answer(200, token)

    def answer_message(self, raw: bytes) -> None:
        portal = self.portal
        portal.attempts.append(self.headers["Idempotency-Key"])
        if portal.trouble:
            self.answer(portal.trouble.pop(0), {"type": "urn:satupintu:problem:trouble"})
            return
        portal.messages.append({"headers": dict(self.headers), "body": raw})
        self.answer(201, {"id": uuid.uuid4().hex, "received_at": "2026-11-24T00:00:00Z"})


def read_claims(token: str) -> dict:
    """The claims of a JWT, unverified."""
    claims = token.split(".")[1]
    return json.loads(base64.urlsafe_b64decode(claims + "=" * (-len(claims) % 4)))


@contextlib.contextmanager
def run_stub_portal() -> Iterator[StubPortal]:
    """Serve a stub on a free loopback port while the block runs."""
    portal = StubPortal()
    handler = type("Handler", (_Handler,), {"portal": portal})
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    portal.url = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    try:
        yield portal
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
