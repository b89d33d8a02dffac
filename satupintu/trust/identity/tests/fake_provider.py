# SPDX-License-Identifier: Apache-2.0
"""An identity provider over real HTTP that can be told to misbehave in one way at a time.

That the good answers are what NusaID gives is held by demo/tests/test_nusaid.py and the journeys.
"""

import contextlib
import hmac
import json
import threading
import time
from base64 import urlsafe_b64encode
from collections.abc import Iterator
from dataclasses import dataclass, field
from hashlib import sha256
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, parse_qsl, urlsplit

from joserfc import jwt
from joserfc.jwk import ECKey

KEY = ECKey.generate_key("P-256", {"use": "sig", "alg": "ES256"}, auto_kid=True)
OTHER_KEY = ECKey.generate_key("P-256", {"use": "sig", "alg": "ES256", "kid": KEY.kid})


@dataclass
class FakeProvider:
    url: str
    name: str = "Sari Wulandari"
    claims: dict[str, Any] = field(default_factory=dict)  # changes to the ID token
    described: dict[str, Any] = field(default_factory=dict)  # changes to discovery
    answers: dict[str, tuple[int, bytes]] = field(default_factory=dict)  # path to a raw answer
    seconds: float = 0  # how long every answer takes
    key: Any = field(default_factory=lambda: KEY)
    confuses_keys: bool = False
    asked: dict[str, str] = field(default_factory=dict)
    received: list[tuple[str, dict[str, str]]] = field(default_factory=list)

    def send_there(self, url: str) -> dict[str, str]:
        """What the person's browser would bring: she signs in, and comes back with this."""
        self.asked = dict(parse_qsl(urlsplit(url).query))
        return {"code": "a-code", "state": self.asked["state"], "iss": self.url}

    def answer(self, path: str, form: dict[str, str]) -> tuple[int, bytes]:
        time.sleep(self.seconds)
        if path in self.answers:
            return self.answers[path]
        if path == "/.well-known/openid-configuration":
            return 200, json.dumps(self.describe()).encode()
        if path == "/jwks.json":
            return 200, json.dumps({"keys": [KEY.as_dict(private=False)]}).encode()
        if path == "/token":
            return self._exchange(form)
        return 404, b"{}"

    def describe(self) -> dict[str, Any]:
        return {
            "issuer": self.url,
            "authorization_endpoint": f"{self.url}/authorize",
            "token_endpoint": f"{self.url}/token",
            "jwks_uri": f"{self.url}/jwks.json",
        } | self.described

    def _exchange(self, form: dict[str, str]) -> tuple[int, bytes]:
        made = urlsafe_b64encode(sha256(form["code_verifier"].encode()).digest())
        if made.rstrip(b"=").decode() != self.asked["code_challenge"]:
            return 400, b'{"error": "invalid_grant"}'
        now = int(time.time())
        claims = {
            "iss": self.url,
            "aud": "satupintu",
            "sub": "subject-1",
            "iat": now,
            "exp": now + 300,
            "nonce": self.asked["nonce"],
            "acr": "urn:fake:high",
            "name": self.name,
        } | self.claims
        claims = {name: value for name, value in claims.items() if value is not None}
        token = (
            sign_with_public_key(claims)
            if self.confuses_keys
            else jwt.encode({"alg": "ES256", "kid": KEY.kid}, claims, self.key)
        )
        return 200, json.dumps({"access_token": "x", "id_token": token}).encode()


def sign_with_public_key(claims: dict[str, Any]) -> str:
    """The old confusion: the published key, taken for the secret of an HMAC. By hand, since no
    good library helps with it."""
    header = {"alg": "HS256", "kid": KEY.kid}
    parts = [urlsafe_b64encode(json.dumps(one).encode()).rstrip(b"=") for one in (header, claims)]
    mac = hmac.digest(KEY.as_pem(private=False), b".".join(parts), "sha256")
    return b".".join([*parts, urlsafe_b64encode(mac).rstrip(b"=")]).decode()


@contextlib.contextmanager
def run_fake_provider() -> Iterator[FakeProvider]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self._answer({})

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"])).decode()
            form = {name: values[0] for name, values in parse_qs(body).items()}
            self._answer(form)

        def _answer(self, form: dict[str, str]) -> None:
            fake.received.append((self.path, form))
            status, body = fake.answer(self.path, form)
            with contextlib.suppress(BrokenPipeError, ConnectionResetError):
                self.send_response(status)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

        def log_message(self, *_: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    fake = FakeProvider(url=f"http://127.0.0.1:{server.server_port}")
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield fake
    finally:
        server.shutdown()
        server.server_close()
