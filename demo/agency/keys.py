# SPDX-License-Identifier: Apache-2.0
"""The agency's secrets, made at its first start and kept in its home, readable by its user alone.

`client-key.json`: the ES256 key by which its programs prove themselves to the portal.
`hash-key`: 256 bits that key its lookup values; it never leaves the machine.
"""

import hashlib
import hmac
import json
import os
import secrets
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from joserfc.jwk import ECKey


@dataclass(frozen=True)
class AgencyKeys:
    client_key: ECKey
    hash_key: bytes

    def public_jwks(self) -> dict[str, Any]:
        """What the portal needs to know of the client key."""
        return {"keys": [self.client_key.as_dict(private=False)]}

    def keyed_hash(self, purpose: str, value: str) -> bytes:
        """`purpose` separates domains: the same value hashes differently for each."""
        return hmac.new(self.hash_key, f"{purpose}\x00{value}".encode(), hashlib.sha256).digest()


def load_keys(*, home: Path) -> AgencyKeys:
    """The keys of this home, made now if there are none."""
    home.mkdir(parents=True, exist_ok=True)
    key_file, hash_file = home / "client-key.json", home / "hash-key"
    if not hash_file.exists():
        _write_once(hash_file, secrets.token_hex(32))
    if not key_file.exists():
        key = ECKey.generate_key("P-256", parameters={"use": "sig", "alg": "ES256"})
        key.ensure_kid()
        _write_once(key_file, json.dumps(key.as_dict(private=True)))
    return AgencyKeys(
        client_key=ECKey.import_key(json.loads(key_file.read_text(encoding="ascii"))),
        hash_key=bytes.fromhex(hash_file.read_text(encoding="ascii")),
    )


def _write_once(path: Path, text: str) -> None:
    # Two programs may start at once: whoever links the file first decides, the other reads it.
    draft = path.with_name(f"{path.name}.{secrets.token_hex(4)}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="ascii") as file:
        file.write(text)
    try:
        os.link(draft, path)
    except FileExistsError:
        pass
    finally:
        draft.unlink()
