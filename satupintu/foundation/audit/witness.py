# SPDX-License-Identifier: Apache-2.0
"""The wire to the witness, who keeps heads outside the operator's hands (safety rule 20)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import httpx
from django.conf import settings

from satupintu.foundation.calls import DeadlineTransport, forbid_transaction, give_back_connection

from .rules import Receipt

TIMEOUT_SECONDS = 10.0
LARGEST_ANSWER = 64 * 1024


class WitnessRefused(Exception):
    """The witness saw something that our head does not continue, or does not know our key. No
    retry helps; somebody must look. `code` is the witness's."""


@dataclass(frozen=True)
class LastSeen:
    """The newest head that the witness has of this log."""

    size: int
    root: str


class Witness:
    """Raises httpx.HTTPError where it does not answer, or not as it should."""

    def __init__(self, url: str) -> None:
        self._url = url.rstrip("/")

    def ask_last_seen(self, *, origin: str) -> LastSeen | None:
        status, answer = self._call("GET", "/heads/latest", params={"origin": origin})
        if status == 404:
            return None
        return LastSeen(size=int(answer["size"]), root=str(answer["root"]))

    def lodge(
        self,
        *,
        text: str,
        public_key: str,
        signature: str,
        proof: list[bytes],
        handovers: Sequence[Mapping[str, str]] = (),
    ) -> Receipt:
        """`handovers` lead from the log's first key to this one. Raises WitnessRefused."""
        body = {
            "text": text,
            "public_key": public_key,
            "signature": signature,
            "proof": [one.hex() for one in proof],
            "handovers": list(handovers),
        }
        status, answer = self._call("POST", "/heads", json=body)
        if status != 200:
            raise WitnessRefused(str(answer.get("code")))
        return Receipt(
            text=str(answer["text"]),
            public_key=str(answer["public_key"]),
            signature=str(answer["signature"]),
        )

    def _call(self, method: str, path: str, **arguments: Any) -> tuple[int, dict[str, Any]]:
        forbid_transaction()
        give_back_connection()
        transport = DeadlineTransport(
            seconds=TIMEOUT_SECONDS, allow_loopback=settings.LOOPBACK_ALLOWED
        )
        with (
            httpx.Client(transport=transport, trust_env=False, follow_redirects=False) as client,
            client.stream(method, self._url + path, **arguments) as response,
        ):
            content = b""
            for chunk in response.iter_raw():
                content += chunk
                if len(content) > LARGEST_ANSWER:
                    raise httpx.DecodingError("the witness says too much")
            if response.status_code not in {200, 404, 409, 422}:
                raise httpx.DecodingError(f"the witness answers {response.status_code}")
        try:
            answer = httpx.Response(200, content=content).json()
        except ValueError as error:
            raise httpx.DecodingError("the witness answers no JSON") from error
        if not isinstance(answer, dict):
            raise httpx.DecodingError("the witness answers no object")
        return response.status_code, answer
