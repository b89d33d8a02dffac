# SPDX-License-Identifier: Apache-2.0
"""What is hashed and what is signed, byte for byte. Pure; docs/adr has why."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import UUID

SALT_BYTES = 32


@dataclass(frozen=True)
class Facts:
    """What an access record says, complete: this and the salt make its commitment."""

    account_id: UUID
    id: UUID
    at: datetime
    actor_kind: str
    actor_agency: str
    actor_role: str
    on_behalf_of: UUID | None
    what: str
    purpose_code: str
    words_id: str
    words_en: str
    legal_basis: str
    sealed_until: datetime | None

    def to_strings(self) -> dict[str, str]:
        """Every field as text, as it stands in the canonical encoding and in a download."""
        return {
            "account_id": str(self.account_id),
            "id": str(self.id),
            "at": write_moment(self.at),
            "actor_kind": self.actor_kind,
            "actor_agency": self.actor_agency,
            "actor_role": self.actor_role,
            "on_behalf_of": str(self.on_behalf_of or ""),
            "what": self.what,
            "purpose_code": self.purpose_code,
            "words_id": self.words_id,
            "words_en": self.words_en,
            "legal_basis": self.legal_basis,
            "sealed_until": write_moment(self.sealed_until) if self.sealed_until else "",
        }


def write_moment(at: datetime) -> str:
    """UTC, to the microsecond: 2026-11-24T12:00:00.000000Z."""
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def encode(strings: Mapping[str, str]) -> bytes:
    """JSON as RFC 8785 (JCS) has it. With ASCII names and nothing but strings, sorted keys and no
    spaces are all that it takes."""
    text = json.dumps(strings, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return text.encode()


def commit(*, facts: Facts, salt: bytes) -> bytes:
    """SHA-256 of salt and facts. Whoever lacks the salt can't try out what a leaf may say
    (safety rule 20). Raises ValueError for a salt of another length."""
    if len(salt) != SALT_BYTES:
        raise ValueError(f"a salt has {SALT_BYTES} bytes")
    return hashlib.sha256(salt + encode(facts.to_strings())).digest()


def write_head(*, origin: str, size: int, root: bytes, at: datetime) -> str:
    """The text that is signed: five lines. `origin` names the log: the portal's address."""
    return f"satupintu access log v1\n{origin}\n{size}\n{root.hex()}\n{write_moment(at)}\n"


HANDOVER = "satupintu access log key v1"


def write_handover(*, origin: str, size: int, root: bytes, at: datetime, next_key: str) -> str:
    """The last head that a key signs: a head's lines, and the key that signs from then on."""
    moment = write_moment(at)
    return f"{HANDOVER}\n{origin}\n{size}\n{root.hex()}\n{moment}\n{next_key}\n"


def read_next_key(text: str) -> str:
    """The key that a handover names. Raises ValueError for any other text."""
    lines = text.split("\n")
    if len(lines) != 7 or lines[0] != HANDOVER or lines[6]:
        raise ValueError("this is no handover")
    return lines[5]


@dataclass(frozen=True)
class Receipt:
    """A witness's word that it saw this head, and that every earlier one it saw leads to it.

    `text` is "satupintu witness v1", the witness's name and its moment, a line each, and then
    the head's text."""

    text: str
    public_key: str
    signature: str


def read_receipt(*, receipt: Receipt, head_text: str) -> datetime:
    """When the witness saw it. Raises ValueError when the receipt is for something else."""
    first, _, rest = receipt.text.partition("\n")
    _name, _, rest = rest.partition("\n")
    moment, _, seen = rest.partition("\n")
    if first != "satupintu witness v1" or seen != head_text:
        raise ValueError("the receipt is not for this head")
    return datetime.strptime(moment, "%Y-%m-%dT%H:%M:%S.%fZ").replace(tzinfo=UTC)
