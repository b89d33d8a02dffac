# SPDX-License-Identifier: Apache-2.0
"""Calls to other systems: when and where we are willing to call, and one deadline for a whole call.

httpx's timeouts are per read: a server that sends one byte a second never meets them. Here every
wait of the connection, name look-up included, gets what is left of one deadline.
"""

import ipaddress
import logging
import socket
import ssl
import threading
import time
from collections.abc import Iterable
from functools import lru_cache
from typing import Any
from urllib.parse import urlsplit

import httpcore
import httpx
from django.db import connection, transaction

# Their lines at INFO hold whole addresses, and with them a person's subject.
logging.getLogger("httpx").setLevel(logging.WARNING)
logging.getLogger("httpcore").setLevel(logging.WARNING)


def forbid_transaction() -> None:
    """Begin whatever calls somebody else with it. Raises RuntimeError where a transaction surrounds
    the caller: a slow machine elsewhere must not hold our locks (house style 12)."""
    with transaction.atomic(durable=True):
        pass  # durable: Django's own check, which knows a test's own transaction from ours


def give_back_connection() -> None:
    """While we wait, the database connection serves somebody else from the pool. The next
    statement takes one again. A test's own transaction keeps its connection."""
    if not connection.in_atomic_block:
        connection.close()


def may_call_url(url: str, *, allow_loopback: bool) -> bool:
    """Only https leaves the house. In the demo others may be on this very machine."""
    parts = urlsplit(url)
    if parts.username or parts.password or not parts.hostname:
        return False
    if parts.scheme == "https":
        return True
    return allow_loopback and parts.scheme == "http" and _is_loopback_name(parts.hostname)


def _is_loopback_name(name: str) -> bool:
    return name == "localhost" or name in {"127.0.0.1", "::1"}


def may_call_address(address: str, *, allow_loopback: bool) -> bool:
    """Whether an IP address is out in the open: a name that resolves to a machine of
    ours, on purpose or by a poisoned answer, must not turn us against ourselves (SSRF)."""
    ip = ipaddress.ip_address(address)
    if isinstance(ip, ipaddress.IPv6Address) and ip.ipv4_mapped is not None:
        ip = ip.ipv4_mapped
    if ip.is_loopback:
        return allow_loopback
    return ip.is_global and not ip.is_multicast


@lru_cache(maxsize=1)
def _trusted_roots() -> ssl.SSLContext:
    # Reading the roots costs more than the call itself; they change with a restart.
    return httpx.create_ssl_context(trust_env=False)


class _Clock:
    def __init__(self, seconds: float) -> None:
        self._ends = time.monotonic() + seconds

    def left(self) -> float:
        """Raises ReadTimeout when nothing is left."""
        left = self._ends - time.monotonic()
        if left <= 0:
            raise httpcore.ReadTimeout("the deadline of the call has passed")
        return left


class _Stream(httpcore.NetworkStream):
    def __init__(self, stream: httpcore.NetworkStream, clock: _Clock) -> None:
        self._stream = stream
        self._clock = clock

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        return self._stream.read(max_bytes, timeout=self._clock.left())

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self._stream.write(buffer, timeout=self._clock.left())

    def close(self) -> None:
        self._stream.close()

    def start_tls(
        self,
        ssl_context: ssl.SSLContext,
        server_hostname: str | None = None,
        timeout: float | None = None,
    ) -> httpcore.NetworkStream:
        stream = self._stream.start_tls(ssl_context, server_hostname, timeout=self._clock.left())
        return _Stream(stream, self._clock)

    def get_extra_info(self, info: str) -> Any:
        return self._stream.get_extra_info(info)


class _Backend(httpcore.NetworkBackend):
    """Looks a name up once, and connects to the very address that was found acceptable: a second
    look-up could be answered differently (DNS rebinding)."""

    def __init__(self, clock: _Clock, *, allow_loopback: bool) -> None:
        self._clock = clock
        self._allow_loopback = allow_loopback
        self._plain = httpcore.SyncBackend()

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.NetworkStream:
        addresses = [
            address
            for address in _look_up(host, port, seconds=self._clock.left())
            if may_call_address(address, allow_loopback=self._allow_loopback)
        ]
        refused: Exception = httpcore.ConnectError("no acceptable address")
        for address in addresses:
            try:
                stream = self._plain.connect_tcp(
                    address,
                    port,
                    timeout=self._clock.left(),
                    local_address=local_address,
                    socket_options=socket_options,
                )
            except httpcore.ConnectError as error:
                refused = error
            else:
                return _Stream(stream, self._clock)
        raise refused


def _look_up(host: str, port: int, *, seconds: float) -> list[str]:
    found: list[str] = []

    def ask() -> None:
        try:
            answers = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
        except OSError:
            return
        found.extend(dict.fromkeys(str(answer[4][0]) for answer in answers))

    # The resolver has no timeout of its own; a look-up that hangs is left behind.
    thread = threading.Thread(target=ask, name="look-up", daemon=True)
    thread.start()
    thread.join(seconds)
    if thread.is_alive():
        raise httpcore.ConnectTimeout("the look-up of a name took too long")
    return found


class DeadlineTransport(httpx.HTTPTransport):
    """httpx's transport over connections that share one deadline. For one call only."""

    def __init__(self, *, seconds: float, allow_loopback: bool) -> None:
        super().__init__(verify=_trusted_roots(), trust_env=False)
        # httpx offers no way to pass a network backend; a test notices when this name changes.
        self._pool = httpcore.ConnectionPool(
            ssl_context=_trusted_roots(),
            max_connections=1,
            max_keepalive_connections=0,
            network_backend=_Backend(_Clock(seconds), allow_loopback=allow_loopback),
        )
