# SPDX-License-Identifier: Apache-2.0
"""A small OpenID provider: one client, the code flow with PKCE, an ID token, and nothing else.

What is under way lives in memory: who was on the way when the program ended begins again.
"""

import hashlib
import hmac
import json
import os
import secrets
import time
from base64 import urlsafe_b64encode
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from joserfc import jwt
from joserfc.jwk import ECKey

from .residents import Resident

# How sure NusaID is of everybody: it saw them and their papers.
ACR = "urn:nusaid:acr:substantial"
SIGN_IN_SECONDS = 600
CODE_SECONDS = 60
ID_TOKEN_SECONDS = 300
WRONG_PINS = 5
WRONG_PINS_SECONDS = 900


class NoRequest(Exception):
    """Not a request of our client: nobody is sent anywhere."""


class TokenError(Exception):
    """RFC 6749, section 5.2; the message is the error code."""


@dataclass(frozen=True)
class Client:
    client_id: str
    secret: str
    redirect_uri: str


@dataclass(frozen=True)
class Asked:
    """An authorization request that was found good."""

    redirect_uri: str
    state: str
    nonce: str
    challenge: str
    browser: str
    until: float


@dataclass
class Provider:
    issuer: str
    client: Client
    key: ECKey
    salt: bytes
    _asked: dict[str, Asked] = field(default_factory=dict)
    _codes: dict[str, tuple[Asked, Resident, float]] = field(default_factory=dict)
    _wrong: dict[str, list[float]] = field(default_factory=dict)

    def describe(self) -> dict[str, Any]:
        return {
            "issuer": self.issuer,
            "authorization_endpoint": f"{self.issuer}/authorize",
            "token_endpoint": f"{self.issuer}/token",
            "jwks_uri": f"{self.issuer}/jwks.json",
            "response_types_supported": ["code"],
            "grant_types_supported": ["authorization_code"],
            "subject_types_supported": ["pairwise"],
            "id_token_signing_alg_values_supported": ["ES256"],
            "token_endpoint_auth_methods_supported": ["client_secret_basic"],
            "code_challenge_methods_supported": ["S256"],
            "acr_values_supported": [ACR],
            "scopes_supported": ["openid", "profile"],
            "authorization_response_iss_parameter_supported": True,
        }

    def ask(self, params: Mapping[str, str], *, browser: str) -> str:
        """Keep a request until somebody signs in; answers its ticket. Raises NoRequest."""
        self._forget()
        good = (
            params.get("client_id") == self.client.client_id
            and params.get("redirect_uri") == self.client.redirect_uri
            and params.get("response_type") == "code"
            and params.get("code_challenge_method") == "S256"
            and len(params.get("code_challenge", "")) == 43
            and "openid" in params.get("scope", "").split()
        )
        if not good:
            raise NoRequest
        ticket = secrets.token_urlsafe(32)
        self._asked[ticket] = Asked(
            redirect_uri=params["redirect_uri"],
            state=params.get("state", ""),
            nonce=params.get("nonce", ""),
            challenge=params["code_challenge"],
            browser=browser,
            until=time.time() + SIGN_IN_SECONDS,
        )
        return ticket

    def find(self, ticket: str, *, browser: str) -> Asked:
        """The request of a ticket, for the browser that brought it. Raises NoRequest."""
        asked = self._asked.get(ticket)
        if asked is None or asked.until < time.time() or not browser:
            raise NoRequest
        if not hmac.compare_digest(asked.browser.encode(), browser.encode()):
            raise NoRequest
        return asked

    def is_closed(self, number: str) -> bool:
        since = time.time() - WRONG_PINS_SECONDS
        wrong = [at for at in self._wrong.get(number, ()) if at > since]
        self._wrong[number] = wrong
        return len(wrong) >= WRONG_PINS

    def note_wrong_pin(self, number: str) -> None:
        self._wrong.setdefault(number, []).append(time.time())

    def issue_code(self, ticket: str, asked: Asked, resident: Resident) -> str:
        self._asked.pop(ticket, None)
        code = secrets.token_urlsafe(32)
        self._codes[code] = (asked, resident, time.time() + CODE_SECONDS)
        return code

    def drop(self, ticket: str) -> None:
        self._asked.pop(ticket, None)

    def redeem(self, form: Mapping[str, str], *, client_id: str, secret: str) -> dict[str, Any]:
        """Raises TokenError."""
        is_client = hmac.compare_digest(client_id.encode(), self.client.client_id.encode())
        is_secret = hmac.compare_digest(secret.encode(), self.client.secret.encode())
        if not (is_client and is_secret):
            raise TokenError("invalid_client")
        if form.get("grant_type") != "authorization_code":
            raise TokenError("unsupported_grant_type")
        # Taken out at once: a code is good for one try.
        found = self._codes.pop(form.get("code", ""), None)
        if found is None or found[2] < time.time():
            raise TokenError("invalid_grant")
        asked, resident, _until = found
        if form.get("redirect_uri") != asked.redirect_uri or not _fits(
            form.get("code_verifier", ""), asked.challenge
        ):
            raise TokenError("invalid_grant")
        return {
            "access_token": secrets.token_urlsafe(32),
            "token_type": "Bearer",
            "expires_in": CODE_SECONDS,
            "id_token": self._sign(asked, resident),
        }

    def _sign(self, asked: Asked, resident: Resident) -> str:
        now = int(time.time())
        # For this client alone: another one knows the same person by another name.
        named = f"{self.client.client_id}\x00{resident.number}".encode()
        claims = {
            "iss": self.issuer,
            "aud": self.client.client_id,
            "sub": hmac.new(self.salt, named, hashlib.sha256).hexdigest(),
            "iat": now,
            "exp": now + ID_TOKEN_SECONDS,
            "auth_time": now,
            "nonce": asked.nonce,
            "acr": ACR,
            "name": resident.name,
        }
        return jwt.encode({"alg": "ES256", "kid": self.key.kid}, claims, self.key)

    def _forget(self) -> None:
        now = time.time()
        self._asked = {name: one for name, one in self._asked.items() if one.until > now}
        self._codes = {name: one for name, one in self._codes.items() if one[2] > now}


def load_key(home: Path) -> tuple[ECKey, bytes]:
    """Its signing key and the salt of its subjects, made at the first start."""
    path = home / "key.json"
    if not path.exists():
        key = ECKey.generate_key("P-256", parameters={"use": "sig", "alg": "ES256"})
        key.ensure_kid()
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w", encoding="ascii") as file:
            json.dump({"key": key.as_dict(private=True), "salt": secrets.token_hex(32)}, file)
    stored = json.loads(path.read_text(encoding="ascii"))
    return ECKey.import_key(stored["key"]), bytes.fromhex(stored["salt"])


def _fits(verifier: str, challenge: str) -> bool:
    digest = hashlib.sha256(verifier.encode()).digest()
    made = urlsafe_b64encode(digest).rstrip(b"=").decode()
    return hmac.compare_digest(made.encode(), challenge.encode())
