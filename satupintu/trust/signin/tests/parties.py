# SPDX-License-Identifier: Apache-2.0
"""An agency's program as the tests play it: it asks for a sign-in and exchanges the code."""

import base64
import hashlib
import json
import secrets
import time
from dataclasses import dataclass, field
from urllib.parse import parse_qs, urlencode, urlsplit

from django.conf import settings
from joserfc import jwk, jws, jwt

from satupintu.foundation import crypto
from satupintu.trust.agencies.models import Client
from satupintu.trust.agencies.tests.factories import AgencyFactory, ClientFactory
from satupintu.trust.signin.signatures import Signatures

ASSERTION_TYPE = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
CALLBACK = "https://tax.nusa.example/callback"
SECRET = "a-secret-of-the-tests"


@dataclass
class Party:
    """A relying party with its own key, or with a secret."""

    client: Client
    key: jwk.ECKey | None = None
    verifier: str = field(default_factory=lambda: secrets.token_urlsafe(48))
    state: str = "state-1"
    nonce: str = "nonce-1"

    @property
    def params(self) -> dict[str, str]:
        digest = hashlib.sha256(self.verifier.encode()).digest()
        return {
            "response_type": "code",
            "client_id": self.client.client_id,
            "redirect_uri": CALLBACK,
            "scope": "openid",
            "state": self.state,
            "nonce": self.nonce,
            "code_challenge": base64.urlsafe_b64encode(digest).rstrip(b"=").decode(),
            "code_challenge_method": "S256",
        }

    def address(self, **changes: str | None) -> str:
        params = {k: v for k, v in (self.params | changes).items() if v is not None}
        return f"/openid/authorize?{urlencode(params)}"

    def ask(self, browser, headers=None, **changes):
        return browser.get(self.address(**changes), headers=headers)

    def push(self, browser, *, proof=None, headers=None, **changes):
        """A request by the pushed way."""
        proof = self.proof() if proof is None else proof
        params = {k: v for k, v in (self.params | changes).items() if v is not None}
        return browser.post(
            "/openid/par",
            params | proof.get("form", {}),
            headers=proof.get("headers", {}) | (headers or {}),
        )

    def push_address(self, browser, **changes) -> str:
        """Where to send a person once the request was pushed."""
        answer = self.push(browser, **changes)
        assert answer.status_code == 201, answer.content
        return self.pushed_address(answer.json()["request_uri"])

    def pushed_address(self, request_uri: str, **more: str) -> str:
        query = {"client_id": self.client.client_id, "request_uri": request_uri} | more
        return f"/openid/authorize?{urlencode(query)}"

    def claims(self, **changes) -> dict:
        now = int(time.time())
        claims = {
            "iss": self.client.client_id,
            "sub": self.client.client_id,
            "aud": f"{settings.PUBLIC_URL}/openid/token",
            "iat": now,
            "exp": now + 60,
            "jti": secrets.token_urlsafe(16),
        } | changes
        return {name: value for name, value in claims.items() if value is not None}

    def assertion(self, *, key=None, header=None, **changes) -> str:
        key = key or self.key
        # In pure ASCII, so that a test can sign what UTF-8 cannot write.
        return jws.serialize_compact(
            {"alg": "ES256", "kid": self.key.kid} | (header or {}),
            json.dumps(self.claims(**changes)),
            key,
            algorithms=["ES256", "HS256"],
        )

    def show_key(
        self, path, *, key=None, method="POST", token=None, header=None, **changes
    ) -> dict[str, str]:
        """The header with a DPoP proof of `key`, which is the party's own unless told."""
        key = key or self.key
        claims = {
            "htm": method,
            "htu": settings.PUBLIC_URL + path,
            "iat": int(time.time()),
            "jti": secrets.token_urlsafe(16),
        }
        if token is not None:
            digest = hashlib.sha256(token.encode()).digest()
            claims["ath"] = base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
        kept = {name: value for name, value in (claims | changes).items() if value is not None}
        head = {"typ": "dpop+jwt", "alg": "ES256", "jwk": key.as_dict(private=False)}
        signed = jws.serialize_compact(
            head | (header or {}),
            json.dumps(kept),
            key,
            registry=Signatures(["ES256", "PS256", "EdDSA", "RS256", "HS256"]),
        )
        return {"DPoP": signed}

    def proof(self, **changes) -> dict:
        """What goes into the form of a token request, or its headers, to prove the client."""
        if self.key is None:
            pair = f"{self.client.client_id}:{SECRET}".encode()
            return {"headers": {"Authorization": "Basic " + base64.b64encode(pair).decode()}}
        return {
            "form": {
                "client_assertion_type": ASSERTION_TYPE,
                "client_assertion": self.assertion(**changes),
            }
        }

    def post_token(self, browser, form, *, proof=None, shown=None):
        """`shown`: the header of `show_key`."""
        proof = self.proof() if proof is None else proof
        headers = proof.get("headers", {}) | (shown or {})
        return browser.post("/openid/token", form | proof.get("form", {}), headers=headers)

    def exchange(self, browser, code, *, proof=None, shown=None, **changes):
        form = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": CALLBACK,
            "code_verifier": self.verifier,
        } | changes
        return self.post_token(
            browser, {k: v for k, v in form.items() if v is not None}, proof=proof, shown=shown
        )


def make_party(*, auth="private_key_jwt", **fields) -> Party:
    values = {
        "redirect_uris": [CALLBACK],
        "scopes": ["openid", "profile", "email", "messages:send"],
        "grant_types": ["authorization_code", "client_credentials"],
    }
    if "agency" not in fields:
        values["agency"] = AgencyFactory(name_en="Tax Office", name_id="Kantor Pajak")
    if auth == "client_secret_basic":
        values["secret_hash"] = crypto.hash_secret(SECRET)
        return Party(client=ClientFactory(**(values | fields)))
    key = jwk.ECKey.generate_key("P-256", {"use": "sig", "alg": "ES256"}, auto_kid=True)
    values |= {
        "auth_method": "private_key_jwt",
        "secret_hash": "",
        "jwks": {"keys": [key.as_dict(private=False)]},
    }
    return Party(client=ClientFactory(**(values | fields)), key=key)


def read_answer(response) -> dict[str, str]:
    """The parameters of a redirect back to the agency."""
    assert response.status_code in {302, 303}, response.content
    location = urlsplit(response.headers["Location"])
    assert f"{location.scheme}://{location.netloc}{location.path}" == CALLBACK
    return {name: values[0] for name, values in parse_qs(location.query).items()}


def read_page_sent_to(response) -> tuple[str, str]:
    """(path, next) of a redirect to one of our own pages."""
    assert response.status_code in {302, 303}, response.content
    location = urlsplit(response.headers["Location"])
    assert not location.netloc
    return location.path, parse_qs(location.query)["next"][0]


def read_keys(browser) -> jwk.KeySet:
    return jwk.KeySet.import_key_set(browser.get("/.well-known/jwks.json").json())


def read_id_token(browser, response) -> dict:
    answer = json.loads(response.content)
    assert response.status_code == 200, answer
    return jwt.decode(answer["id_token"], read_keys(browser), algorithms=["ES256", "RS256"]).claims
