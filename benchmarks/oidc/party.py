# SPDX-License-Identifier: Apache-2.0
"""A relying party and its person's browser, in one: does one whole sign-in after another."""

import base64
import hashlib
import http.client
import json
import secrets
import time
from collections.abc import Mapping, Sequence
from itertools import cycle
from typing import Any, NamedTuple
from urllib.parse import parse_qs, urlencode, urlsplit

from joserfc import jwk, jwt

CALLBACK = "http://127.0.0.1:9/callback"
ASSERTION_TYPE = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"


def make_key() -> dict[str, Any]:
    key = jwk.ECKey.generate_key("P-256", {"use": "sig", "alg": "ES256"}, auto_kid=True)
    return dict(key.as_dict(private=True))


class Paths(NamedTuple):
    authorize: str
    token: str
    userinfo: str
    keys: str
    discovery: str = "/.well-known/openid-configuration"


class Party:
    def __init__(
        self,
        *,
        issuer: str,
        client_id: str,
        jwk: dict[str, Any],
        paths: Paths,
        browsers: Sequence[Mapping[str, str]],
    ) -> None:
        """`browsers`: the cookies of each person; they sign in one after the other."""
        self.issuer = issuer
        self.client_id = client_id
        self.key = import_key(jwk)
        self.paths = paths
        self.browsers = cycle([dict(cookies) for cookies in browsers])
        self.cookies: dict[str, str] = {}
        host = urlsplit(issuer)
        self.http = http.client.HTTPConnection("127.0.0.1", host.port or 80, timeout=30)
        self.host = {"Host": host.netloc}

    def meet(self, **seeded: Any) -> "Party":
        """Another party and other people, at the same place."""
        return Party(issuer=self.issuer, paths=self.paths, **seeded)

    def read_metadata(self) -> None:
        """Both documents, as a program that starts reads them."""
        for path in (self.paths.keys, self.paths.discovery):
            self.send("GET", path)

    @property
    def public_jwk(self) -> dict[str, Any]:
        return dict(self.key.as_dict(private=False))

    def sign_in(self) -> None:
        """Raises when anything is not as it must be, so that an error is never fast work."""
        self.cookies = next(self.browsers)
        verifier = secrets.token_urlsafe(48)
        code = self.get_code(hashlib.sha256(verifier.encode()).digest())
        tokens = self.send(
            "POST",
            self.paths.token,
            {
                "grant_type": "authorization_code",
                "code": code,
                "redirect_uri": CALLBACK,
                "code_verifier": verifier,
                "client_assertion_type": ASSERTION_TYPE,
                "client_assertion": self.make_assertion(),
            },
        )
        claims = self.send("GET", self.paths.userinfo, bearer=tokens["access_token"])
        if not tokens["id_token"] or not claims["sub"]:
            raise AssertionError(tokens, claims)

    def get_code(self, digest: bytes) -> str:
        query = {
            "response_type": "code",
            "client_id": self.client_id,
            "redirect_uri": CALLBACK,
            "scope": "openid",
            "state": secrets.token_urlsafe(16),
            "nonce": secrets.token_urlsafe(16),
            "code_challenge": base64.urlsafe_b64encode(digest).rstrip(b"=").decode(),
            "code_challenge_method": "S256",
        }
        address = f"{self.paths.authorize}?{urlencode(query)}"
        # The first time oidc-provider leads through its sign-in; afterwards straight back.
        for _ in range(8):
            address = self.visit(address)
            if address.startswith(CALLBACK):
                return parse_qs(urlsplit(address).query)["code"][0]
        raise AssertionError(f"{self.issuer} leads round in circles")

    def visit(self, address: str) -> str:
        path = address.removeprefix(self.issuer)
        cookie = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        self.http.request("GET", path, headers=self.host | {"Cookie": cookie})
        response = self.http.getresponse()
        body = response.read()
        for line in response.headers.get_all("Set-Cookie") or ():
            name, _, value = line.partition(";")[0].partition("=")
            self.cookies[name] = value
        location = response.headers["Location"]
        if location is None:
            raise AssertionError(response.status, body)
        return location

    def send(
        self, method: str, path: str, form: dict[str, str] | None = None, bearer: str = ""
    ) -> dict[str, Any]:
        headers = dict(self.host)
        if form:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        if bearer:
            headers["Authorization"] = f"Bearer {bearer}"
        self.http.request(method, path, urlencode(form) if form else None, headers)
        response = self.http.getresponse()
        body = response.read()
        if response.status != 200:
            raise AssertionError(response.status, body)
        return json.loads(body)

    def make_assertion(self) -> str:
        now = int(time.time())
        claims = {
            "iss": self.client_id,
            "sub": self.client_id,
            "aud": self.issuer,
            "iat": now,
            "exp": now + 60,
            "jti": secrets.token_urlsafe(16),
        }
        header = {"alg": "ES256", "kid": self.key.kid}
        return jwt.encode(header, claims, self.key, algorithms=["ES256"])


def import_key(parts: dict[str, Any]) -> jwk.ECKey:
    return jwk.ECKey.import_key(parts)
