# SPDX-License-Identifier: Apache-2.0
"""A passkey in software: makes and uses keys as a phone would."""

import json
import secrets
from hashlib import sha256

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from fido2 import cbor
from fido2.cose import ES256
from fido2.utils import websafe_decode, websafe_encode

ORIGIN = "http://localhost:8000"
PRESENT, VERIFIED, ELIGIBLE, ATTESTED = 0x01, 0x04, 0x08, 0x40


class SoftwarePasskey:
    def __init__(self, *, origin=ORIGIN, verifies=True, synchronised=True):
        self.origin, self.counter = origin, 0
        self.flags = PRESENT | (VERIFIED if verifies else 0) | (ELIGIBLE if synchronised else 0)
        self.key = ec.generate_private_key(ec.SECP256R1())
        self.id = secrets.token_bytes(16)
        self.handle = b""

    def _client_data(self, kind, challenge):
        return json.dumps(
            {"type": f"webauthn.{kind}", "challenge": challenge, "origin": self.origin}
        ).encode()

    def _authenticator_data(self, rp_id, extra=b"", flags=0):
        return (
            sha256(rp_id.encode()).digest()
            + bytes([self.flags | flags])
            + self.counter.to_bytes(4, "big")
            + extra
        )

    def create(self, options):
        """Answers what a browser posts after navigator.credentials.create()."""
        public = options["publicKey"]
        self.handle = websafe_decode(public["user"]["id"])
        cose = cbor.encode(dict(ES256.from_cryptography_key(self.key.public_key())))
        credential = bytes(16) + len(self.id).to_bytes(2, "big") + self.id + cose
        data = self._authenticator_data(public["rp"]["id"], credential, ATTESTED)
        attestation = cbor.encode({"fmt": "none", "attStmt": {}, "authData": data})
        return self._answer(
            clientDataJSON=self._client_data("create", public["challenge"]),
            attestationObject=attestation,
        )

    def get(self, options):
        """Answers what a browser posts after navigator.credentials.get()."""
        public = options["publicKey"]
        client = self._client_data("get", public["challenge"])
        data = self._authenticator_data(public["rpId"])
        signature = self.key.sign(data + sha256(client).digest(), ec.ECDSA(hashes.SHA256()))
        return self._answer(
            clientDataJSON=client,
            authenticatorData=data,
            signature=signature,
            userHandle=self.handle,
        )

    def _answer(self, **response):
        return json.dumps(
            {
                "id": websafe_encode(self.id),
                "rawId": websafe_encode(self.id),
                "type": "public-key",
                "clientExtensionResults": {},
                "response": {name: websafe_encode(value) for name, value in response.items()},
            }
        )
